//! Texts with `${...}` and `%{...}` in them.

use std::sync::Arc;

use hcl_edit::template::{Directive, Element, Strip};

use super::evaluate::{Scope, evaluate as evaluate_expression};
use super::module::{STEP, TOO_LONG};
use super::value::Value;

/// The text of a template; of a lone `${...}`, its value.
pub(super) fn evaluate<'e>(elements: impl Iterator<Item = &'e Element>, scope: &Scope<'_>) -> Value {
    let elements: Vec<&Element> = elements.collect();
    if let [Element::Interpolation(lone)] = elements.as_slice() {
        return evaluate_expression(&lone.expr, scope);
    }
    let mut text = Text::default();
    match text.add(&elements, scope) {
        Ok(()) => Value::text(text.written),
        Err(why) => Value::Unknown(why),
    }
}

#[derive(Default)]
struct Text {
    written: String,
    /// Where the literal at the end of the text starts: `~` takes its blanks away.
    literal: usize,
    /// Whether the next literal loses its blanks at the start.
    strip: bool,
}

impl Text {
    fn add(&mut self, elements: &[&Element], scope: &Scope<'_>) -> Result<(), Arc<str>> {
        for element in elements {
            match element {
                Element::Literal(literal) => {
                    self.literal = self.written.len();
                    let literal = literal.as_str();
                    let stripped = if self.strip { literal.trim_start() } else { literal };
                    self.written.push_str(stripped);
                    self.strip = false;
                }
                Element::Interpolation(interpolation) => {
                    self.before(interpolation.strip);
                    match evaluate_expression(&interpolation.expr, scope) {
                        Value::Unknown(why) => return Err(why),
                        value => self
                            .written
                            .push_str(&value.as_text().ok_or("a list or map within a text")?),
                    }
                    self.after(interpolation.strip);
                }
                Element::Directive(directive) => self.directive(directive, scope)?,
            }
            if self.written.len() > scope.module.limits.file_bytes {
                return Err("a text that is too large".into());
            }
        }
        Ok(())
    }

    fn directive(&mut self, directive: &Directive, scope: &Scope<'_>) -> Result<(), Arc<str>> {
        match directive {
            Directive::If(directive) => {
                self.before(directive.if_expr.strip);
                let condition = match evaluate_expression(&directive.if_expr.cond_expr, scope) {
                    Value::Unknown(why) => return Err(why),
                    value => value
                        .as_bool()
                        .ok_or("a condition that is neither true nor false")?,
                };
                let end = directive.endif_expr.strip;
                if condition {
                    self.after(directive.if_expr.strip);
                    self.add(&directive.if_expr.template.iter().collect::<Vec<_>>(), scope)?;
                    self.before(directive.else_expr.as_ref().map_or(end, |other| other.strip));
                } else if let Some(other) = &directive.else_expr {
                    self.after(other.strip);
                    self.add(&other.template.iter().collect::<Vec<_>>(), scope)?;
                    self.before(end);
                }
                self.after(end);
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                self.before(intro.strip);
                let collection = evaluate_expression(&intro.collection_expr, scope);
                if let Value::Unknown(why) = collection {
                    return Err(why);
                }
                let elements: Vec<&Element> = intro.template.iter().collect();
                for (key, value) in collection
                    .entries()
                    .ok_or("a loop over something that has no items")?
                {
                    let mut names = vec![(intro.value_var.as_str().to_owned(), value)];
                    if let Some(name) = &intro.key_var {
                        names.push((name.as_str().to_owned(), key));
                    }
                    if !scope.module.spend(STEP) {
                        return Err(TOO_LONG.into());
                    }
                    self.after(intro.strip);
                    self.add(&elements, &scope.with(names))?;
                    self.before(directive.endfor_expr.strip);
                }
                self.after(directive.endfor_expr.strip);
            }
        }
        Ok(())
    }

    fn before(&mut self, strip: Strip) {
        if strip.strip_start() {
            let literal = self.written.get(self.literal..).unwrap_or_default();
            let end = self.literal + literal.trim_end().len();
            self.written.truncate(end);
        }
        self.literal = self.written.len();
    }

    fn after(&mut self, strip: Strip) {
        self.literal = self.written.len();
        self.strip = strip.strip_end();
    }
}

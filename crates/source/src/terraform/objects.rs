//! Resources of the provider to objects of Kubernetes, each value with the bytes that wrote it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Body, Structure};
use kubescape_yaml::{Entry, Key, KeyKind, Mapping, Node, Span, Value as Plain};

use super::evaluate::{Scope, evaluate, object_key};
use super::module::{File, Module, loop_names};
use super::schema::{self, Form, Shape};
use super::value::Value;

/// What a file declares.
#[derive(Default)]
pub(super) struct Objects {
    pub nodes: Vec<Node>,
    /// Values that were left out: line and reason.
    pub unknown: Vec<(usize, Arc<str>)>,
}

/// The objects of a file.
pub(super) fn objects(file: &File, module: &Module<'_>) -> Objects {
    let mut objects = Objects::default();
    for block in file.blocks("resource") {
        let [kind, _] = block.labels.as_slice() else {
            continue;
        };
        let root = Scope::root(module);
        let scope = root.with(loop_names(block, &root));
        let mut resource = Resource {
            file,
            kind: "",
            unknown: &mut objects.unknown,
        };
        let node = if kind.as_str() == "kubernetes_manifest" {
            resource.manifest(block, &scope)
        } else {
            schema::object_kind(kind.as_str())
                .map(|(version, kind)| resource.typed(block, version, kind, &scope))
        };
        objects.nodes.extend(node);
    }
    objects
}

/// The resource that is converted.
struct Resource<'a> {
    file: &'a File,
    /// Kind of the object.
    kind: &'static str,
    unknown: &'a mut Vec<(usize, Arc<str>)>,
}

/// How the values of an expression are read.
#[derive(Clone, Copy)]
enum Reading<'a> {
    /// As they are.
    Exact,
    /// As an attribute of the provider.
    Attribute(Form),
    /// As texts in base64: the data of a secret.
    Base64,
    /// As the fields of a block of this name.
    Block(&'a str),
}

impl Resource<'_> {
    /// `manifest = {...}`: the object as it is.
    fn manifest(&mut self, block: &Block, scope: &Scope<'_>) -> Option<Node> {
        let manifest = block.body.get_attribute("manifest")?;
        let mut node = self.node(&manifest.value, Reading::Exact, scope)?;
        node.span = self.span(block.span());
        Some(node)
    }

    fn typed(&mut self, block: &Block, version: &str, kind: &'static str, scope: &Scope<'_>) -> Node {
        self.kind = kind;
        let head = block.labels.first().and_then(hcl_edit::Span::span);
        let head = self.span(head.or(block.ident.span()));
        let mut map = Mapping::new();
        for (key, text) in [("apiVersion", version), ("kind", kind)] {
            let value = Node {
                value: Plain::String(text.into()),
                span: head,
            };
            push(&mut map, key.into(), head, value);
        }
        self.body(&block.body, kind, scope, &mut map);
        if block
            .labels
            .first()
            .is_some_and(|label| label.as_str().contains("_default_service_account"))
            && let Some(metadata) = map.get_mut("metadata").and_then(Node::as_mapping_mut)
        {
            metadata.insert(
                "name",
                Node {
                    value: Plain::String("default".into()),
                    span: head,
                },
            );
        }
        Node {
            value: Plain::Mapping(map),
            span: self.span(block.span()),
        }
    }

    /// Adds the fields of a body. `within` is the name of its block, at the top the kind.
    fn body(&mut self, body: &Body, within: &str, scope: &Scope<'_>, map: &mut Mapping) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => self.attribute(attribute, within, scope, map),
                Structure::Block(block) if block.has_ident("dynamic") => {
                    self.dynamic(block, within, scope, map);
                }
                Structure::Block(block) => {
                    self.block(block.ident.as_str(), block, &block.body, within, scope, map);
                }
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute, within: &str, scope: &Scope<'_>, map: &mut Mapping) {
        let name = attribute.key.as_str();
        if within == self.kind && schema::is_for_terraform(name) {
            return;
        }
        let (mut key, form) = schema::attribute(within, self.kind, name);
        let reading = if self.kind == "Secret" && matches!(name, "data" | "data_wo") {
            Reading::Base64
        } else if has_objects(&attribute.value) {
            // Blocks may be written as a list of objects.
            key = schema::block(within, self.kind, name).0;
            Reading::Block(name)
        } else {
            Reading::Attribute(form)
        };
        let Some(node) = self.node(&attribute.value, reading, scope) else {
            return;
        };
        let place = self.span(attribute.key.span());
        match map.get_mut(&key).map(|node| &mut node.value) {
            // Text and binary data of a secret are one map.
            Some(Plain::Mapping(known)) => {
                if let Plain::Mapping(mut more) = node.value {
                    known.entries_mut().append(more.entries_mut());
                }
            }
            _ => push(map, key.into(), place, node),
        }
    }

    fn block(
        &mut self,
        name: &str,
        block: &Block,
        body: &Body,
        within: &str,
        scope: &Scope<'_>,
        map: &mut Mapping,
    ) {
        if within == self.kind && schema::is_for_terraform(name) {
            return;
        }
        let (key, shape) = schema::block(within, self.kind, name);
        if shape == Shape::Inline {
            return self.body(body, within, scope, map);
        }
        let mut inner = Mapping::new();
        self.body(body, name, scope, &mut inner);
        if name == "backend" {
            current_backend(&mut inner);
        }
        let span = self.span(block.span());
        let node = Node {
            value: Plain::Mapping(inner),
            span,
        };
        match (shape, map.get_mut(&key)) {
            (
                Shape::List,
                Some(Node {
                    value: Plain::Sequence(items),
                    span: whole,
                }),
            ) => {
                whole.end = span.end;
                items.push(node);
            }
            (Shape::List, _) => {
                let list = Node {
                    value: Plain::Sequence(vec![node]),
                    span,
                };
                push(map, key.into(), self.span(block.ident.span()), list);
            }
            _ => push(map, key.into(), self.span(block.ident.span()), node),
        }
    }

    /// `dynamic "env" { for_each = ...  content {...} }`: a block for each round.
    fn dynamic(&mut self, block: &Block, within: &str, scope: &Scope<'_>, map: &mut Mapping) {
        let Some(name) = block.labels.first().map(hcl_edit::structure::BlockLabel::as_str) else {
            return;
        };
        let (Some(rounds), Some(content)) = (
            block.body.get_attribute("for_each"),
            block.body.get_blocks("content").next(),
        ) else {
            return;
        };
        let iterator = block
            .body
            .get_attribute("iterator")
            .map(|iterator| &iterator.value);
        let iterator = match iterator {
            Some(Expression::Variable(iterator)) => iterator.as_str(),
            _ => name,
        };
        let collection = evaluate(&rounds.value, scope);
        let Some(entries) = collection.entries() else {
            return self.leave_out(rounds.value.span(), &collection);
        };
        for (key, value) in entries {
            if !scope.module.spend(1 << 12) {
                return self.leave_out(rounds.value.span(), &Value::unknown(super::module::TOO_LONG));
            }
            let key = if matches!(key, Value::Int(_)) && is_set(&rounds.value) {
                value.clone()
            } else {
                key
            };
            let round = BTreeMap::from([(Arc::from("key"), key), (Arc::from("value"), value)]);
            let scope = scope.with(vec![(iterator.to_owned(), Value::map(round))]);
            self.block(name, content, &content.body, within, &scope, map);
        }
    }

    /// The value of an expression; `None` when it is not known or `null`.
    fn node(&mut self, expression: &Expression, reading: Reading<'_>, scope: &Scope<'_>) -> Option<Node> {
        let span = self.span(expression.span());
        match expression {
            Expression::Array(array) => {
                let items = array
                    .iter()
                    .filter_map(|item| self.node(item, reading, scope))
                    .collect();
                Some(Node {
                    value: Plain::Sequence(items),
                    span,
                })
            }
            Expression::Object(object) => {
                let mut map = Mapping::new();
                for (key, value) in object {
                    let place = match key {
                        hcl_edit::expr::ObjectKey::Ident(name) => name.span(),
                        hcl_edit::expr::ObjectKey::Expression(expression) => expression.span(),
                    };
                    let place = self.span(place);
                    let Some(name) = object_key(key, scope) else {
                        continue;
                    };
                    let (name, reading) = self.entry(name, reading);
                    if let Some(node) = self.node(value.expr(), reading, scope) {
                        push(&mut map, name, place, node);
                    }
                }
                Some(Node {
                    value: Plain::Mapping(map),
                    span,
                })
            }
            Expression::Parenthesis(inner) => self.node(inner.inner(), reading, scope),
            Expression::Conditional(conditional) => match evaluate(&conditional.cond_expr, scope).as_bool() {
                Some(true) => self.node(&conditional.true_expr, reading, scope),
                Some(false) => self.node(&conditional.false_expr, reading, scope),
                None => self.written_out(expression, span, reading, scope),
            },
            _ => self.written_out(expression, span, reading, scope),
        }
    }

    /// Name and reading of an entry of an object.
    fn entry<'r>(&self, name: Arc<str>, reading: Reading<'r>) -> (Arc<str>, Reading<'r>) {
        match reading {
            Reading::Block(within) => {
                let (key, form) = schema::attribute(within, self.kind, &name);
                (key.into(), Reading::Attribute(form))
            }
            // Maps of the provider hold texts.
            Reading::Attribute(_) => (name, Reading::Attribute(Form::Plain)),
            other => (name, other),
        }
    }

    /// A value that is not written where it is used: all of it stands at the expression.
    fn written_out(
        &mut self,
        expression: &Expression,
        span: Span,
        reading: Reading<'_>,
        scope: &Scope<'_>,
    ) -> Option<Node> {
        let value = evaluate(expression, scope);
        if !scope.module.spend(value.weight()) {
            self.leave_out(expression.span(), &Value::unknown(super::module::TOO_LONG));
            return None;
        }
        self.convert(&value, span, reading, expression.span())
    }

    fn convert(
        &mut self,
        value: &Value,
        span: Span,
        reading: Reading<'_>,
        place: Option<Range<usize>>,
    ) -> Option<Node> {
        let value = match value {
            Value::Unknown(_) => {
                self.leave_out(place, value);
                return None;
            }
            Value::Null => match reading {
                Reading::Exact => Plain::Null,
                _ => return None,
            },
            Value::List(list) => Plain::Sequence(
                list.items
                    .iter()
                    .filter_map(|item| self.convert(item, span, reading, place.clone()))
                    .collect(),
            ),
            Value::Map(map) => {
                let mut made = Mapping::new();
                for (key, value) in &map.items {
                    let (key, reading) = self.entry(Arc::clone(key), reading);
                    if let Some(node) = self.convert(value, span, reading, place.clone()) {
                        push(&mut made, key, span, node);
                    }
                }
                Plain::Mapping(made)
            }
            scalar => self::scalar(scalar, reading),
        };
        Some(Node { value, span })
    }

    fn leave_out(&mut self, place: Option<Range<usize>>, value: &Value) {
        if let Value::Unknown(why) = value {
            let start = place.map_or(0, |place| place.start) + self.file.base();
            self.unknown.push((start, Arc::clone(why)));
        }
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        let offset = |value: usize| u32::try_from(value + self.file.base()).unwrap_or(u32::MAX);
        range.map_or(Span::default(), |range| Span {
            start: offset(range.start),
            end: offset(range.end),
        })
    }
}

fn scalar(value: &Value, reading: Reading<'_>) -> Plain {
    let exact = || match value {
        Value::Bool(flag) => Plain::Bool(*flag),
        Value::Int(number) => Plain::Int(*number),
        Value::Float(number) => Plain::Float(*number),
        other => Plain::String(other.as_text().unwrap_or_default()),
    };
    let text = || value.as_text().unwrap_or_default();
    let number = || match value.as_number() {
        Some(Value::Int(number)) => Some(Plain::Int(number)),
        _ => None,
    };
    match reading {
        Reading::Exact => exact(),
        Reading::Base64 => Plain::String(STANDARD.encode(&*text()).into()),
        Reading::Block(_) | Reading::Attribute(Form::Plain) => Plain::String(text()),
        Reading::Attribute(Form::Bool) => value.as_bool().map_or_else(exact, Plain::Bool),
        Reading::Attribute(Form::Int | Form::IntOrText) => number().unwrap_or_else(exact),
        Reading::Attribute(Form::Octal) => {
            i64::from_str_radix(text().trim_start_matches("0o"), 8).map_or_else(|_| exact(), Plain::Int)
        }
    }
}

fn push(map: &mut Mapping, key: Arc<str>, span: Span, value: Node) {
    if let Some(known) = map.get_mut(&key) {
        *known = value;
        return;
    }
    map.entries_mut().push(Entry {
        key: Key {
            text: key,
            kind: KeyKind::String,
            span,
        },
        value,
    });
}

/// The older ingress names service and port in one level.
fn current_backend(backend: &mut Mapping) {
    let (Some(name), port) = (backend.remove("serviceName"), backend.remove("servicePort")) else {
        return;
    };
    let span = name.span;
    let mut service = Mapping::new();
    service.insert("name", name);
    if let Some(port) = port {
        let key = if matches!(port.value, Plain::Int(_)) {
            "number"
        } else {
            "name"
        };
        let span = port.span;
        let mut inner = Mapping::new();
        inner.insert(key, port);
        service.insert(
            "port",
            Node {
                value: Plain::Mapping(inner),
                span,
            },
        );
    }
    backend.insert(
        "service",
        Node {
            value: Plain::Mapping(service),
            span,
        },
    );
}

fn has_objects(expression: &Expression) -> bool {
    matches!(expression, Expression::Array(array) if array.iter().any(Expression::is_object))
}

fn is_set(expression: &Expression) -> bool {
    matches!(expression, Expression::FuncCall(call) if call.name.name.as_str() == "toset")
}

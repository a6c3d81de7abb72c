//! Expressions to values.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::structure::{Block, Body};

use super::functions;
use super::module::{Module, STEP, TOO_LONG, loop_names};
use super::template;
use super::value::Value;

/// Deepest chain of expressions that need each other.
const DEPTH: usize = 100;

/// Names that an expression can use.
pub(super) struct Scope<'a> {
    pub module: &'a Module<'a>,
    parent: Option<&'a Scope<'a>>,
    names: Vec<(String, Value)>,
}

impl<'a> Scope<'a> {
    pub(super) fn root(module: &'a Module<'a>) -> Self {
        Self {
            module,
            parent: None,
            names: Vec::new(),
        }
    }

    /// A scope within, with names of its own.
    pub(super) fn with(&'a self, names: Vec<(String, Value)>) -> Self {
        Scope {
            module: self.module,
            parent: Some(self),
            names,
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let own = self.names.iter().find(|(own, _)| own == name);
        match (own, self.parent) {
            (Some((_, value)), _) => Some(value),
            (None, Some(parent)) => parent.get(name),
            (None, None) => None,
        }
    }
}

/// The value of an expression; what is not known is unknown, never an error.
pub(super) fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Value {
    let module = scope.module;
    if !module.spend(STEP) {
        return Value::unknown(TOO_LONG);
    }
    if module.depth.get() >= DEPTH {
        return Value::unknown("an expression that is nested too deep");
    }
    module.depth.set(module.depth.get() + 1);
    let value = evaluate_one(expression, scope);
    module.depth.set(module.depth.get() - 1);
    // References share what they refer to; all else is made anew.
    if !matches!(expression, Expression::Traversal(_) | Expression::Variable(_)) {
        module.spend(value.own_size());
    }
    value
}

fn evaluate_one(expression: &Expression, scope: &Scope<'_>) -> Value {
    match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(flag) => Value::Bool(*flag.value()),
        Expression::Number(number) => match number.value().as_i64() {
            Some(whole) => Value::Int(whole),
            None => number.value().as_f64().map_or(Value::Null, Value::number),
        },
        Expression::String(text) => Value::text(text.as_str()),
        Expression::Array(array) => Value::list(array.iter().map(|item| evaluate(item, scope)).collect()),
        Expression::Object(object) => evaluate_object(object, scope),
        Expression::StringTemplate(text) => template::evaluate(text.iter(), scope),
        Expression::HeredocTemplate(text) => template::evaluate(text.template.iter(), scope),
        Expression::Parenthesis(inner) => evaluate(inner.inner(), scope),
        Expression::Variable(name) => match scope.get(name.as_str()) {
            Some(value) => value.clone(),
            None => Value::unknown(format!("{} is not known", name.as_str())),
        },
        Expression::Conditional(conditional) => match evaluate(&conditional.cond_expr, scope) {
            Value::Unknown(why) => Value::Unknown(why),
            condition => match condition.as_bool() {
                Some(true) => evaluate(&conditional.true_expr, scope),
                Some(false) => evaluate(&conditional.false_expr, scope),
                None => Value::unknown("a condition that is neither true nor false"),
            },
        },
        Expression::FuncCall(call) => evaluate_call(call, scope),
        Expression::Traversal(traversal) => evaluate_traversal(traversal, scope),
        Expression::UnaryOp(operation) => {
            let value = evaluate(&operation.expr, scope);
            match operation.operator.value() {
                _ if !value.is_known() => value,
                UnaryOperator::Not => value
                    .as_bool()
                    .map_or_else(|| Value::unknown("! of no boolean"), |flag| Value::Bool(!flag)),
                UnaryOperator::Neg => value.as_f64().map_or_else(
                    || Value::unknown("- of no number"),
                    |number| Value::number(-number),
                ),
            }
        }
        Expression::BinaryOp(operation) => evaluate_operation(operation, scope),
        Expression::ForExpr(expression) => evaluate_for(expression, scope),
    }
}

/// The key of an object: a name stands for itself.
pub(super) fn object_key(key: &ObjectKey, scope: &Scope<'_>) -> Option<Arc<str>> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().into()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str().into()),
        ObjectKey::Expression(expression) => evaluate(expression, scope).as_text(),
    }
}

fn evaluate_object(object: &Object, scope: &Scope<'_>) -> Value {
    let mut map = BTreeMap::new();
    for (key, value) in object {
        let Some(key) = object_key(key, scope) else {
            return Value::unknown("an object with a key that is not known");
        };
        map.insert(key, evaluate(value.expr(), scope));
    }
    Value::map(map)
}

fn evaluate_call(call: &FuncCall, scope: &Scope<'_>) -> Value {
    let mut arguments: Vec<Value> = call
        .args
        .iter()
        .map(|argument| evaluate(argument, scope))
        .collect();
    if call.args.expand_final()
        && let Some(Value::List(last)) = arguments.pop()
    {
        arguments.extend(last.items.iter().cloned());
    }
    if call.name.is_namespaced() {
        return Value::unknown(format!(
            "the function {} is not evaluated",
            call.name.name.as_str()
        ));
    }
    functions::call(call.name.name.as_str(), &arguments, scope)
}

fn evaluate_operation(operation: &BinaryOp, scope: &Scope<'_>) -> Value {
    use BinaryOperator::{And, Div, Eq, Greater, GreaterEq, Less, LessEq, Minus, Mod, Mul, NotEq, Or, Plus};
    let operator = *operation.operator.value();
    let left = evaluate(&operation.lhs_expr, scope);
    let right = evaluate(&operation.rhs_expr, scope);
    if matches!(operator, And | Or) {
        // One side can be enough.
        let decisive = Some(operator == Or);
        return match (left.as_bool(), right.as_bool()) {
            (left, right) if left == decisive || right == decisive => Value::Bool(operator == Or),
            (Some(_), Some(_)) => Value::Bool(operator == And),
            _ => first_unknown(left, right),
        };
    }
    if !left.is_known() || !right.is_known() {
        return first_unknown(left, right);
    }
    match operator {
        Eq => return Value::Bool(left == right),
        NotEq => return Value::Bool(left != right),
        _ => {}
    }
    let (Some(left), Some(right)) = (left.as_f64(), right.as_f64()) else {
        return Value::unknown("arithmetic with what is no number");
    };
    match operator {
        Less => Value::Bool(left < right),
        LessEq => Value::Bool(left <= right),
        Greater => Value::Bool(left > right),
        GreaterEq => Value::Bool(left >= right),
        Plus => Value::number(left + right),
        Minus => Value::number(left - right),
        Mul => Value::number(left * right),
        Div => Value::number(left / right),
        Mod => Value::number(left % right),
        And | Or | Eq | NotEq => Value::unknown("an operator of booleans"),
    }
}

fn first_unknown(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(why),
        _ => Value::unknown("an operation on values of other types"),
    }
}

fn evaluate_for(expression: &ForExpr, scope: &Scope<'_>) -> Value {
    let collection = evaluate(&expression.intro.collection_expr, scope);
    let Some(entries) = collection.entries() else {
        return first_unknown(collection, Value::Null);
    };
    let mut list = Vec::new();
    let mut map: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, value) in entries {
        let mut names = vec![(expression.intro.value_var.as_str().to_owned(), value)];
        if let Some(name) = &expression.intro.key_var {
            names.push((name.as_str().to_owned(), key));
        }
        let scope = scope.with(names);
        if let Some(condition) = &expression.cond {
            match evaluate(&condition.expr, &scope) {
                Value::Unknown(why) => return Value::Unknown(why),
                value if value.as_bool() == Some(true) => {}
                _ => continue,
            }
        }
        let value = evaluate(&expression.value_expr, &scope);
        let Some(key) = &expression.key_expr else {
            list.push(value);
            continue;
        };
        let key = evaluate(key, &scope);
        let Some(key) = key.as_text() else {
            return first_unknown(key, Value::Null);
        };
        if expression.grouping {
            groups.entry(key).or_default().push(value);
        } else {
            map.insert(key, value);
        }
    }
    if expression.key_expr.is_none() {
        return Value::list(list);
    }
    map.extend(groups.into_iter().map(|(key, values)| (key, Value::list(values))));
    Value::map(map)
}

fn evaluate_traversal(traversal: &Traversal, scope: &Scope<'_>) -> Value {
    let operators: Vec<&TraversalOperator> = traversal
        .operators
        .iter()
        .map(hcl_edit::Decorated::value)
        .collect();
    let Expression::Variable(root) = &traversal.expr else {
        return follow(evaluate(&traversal.expr, scope), &operators, scope);
    };
    let root = root.as_str();
    if let Some(value) = scope.get(root) {
        return follow(value.clone(), &operators, scope);
    }
    let [TraversalOperator::GetAttr(name), rest @ ..] = operators.as_slice() else {
        return Value::unknown(format!("{root} is not known"));
    };
    let name = name.as_str();
    match root {
        "var" => follow(scope.module.variable(name), rest, scope),
        "local" => follow(scope.module.local(name), rest, scope),
        "path" => Value::text("."),
        "terraform" if name == "workspace" => Value::text("default"),
        _ => match scope.module.resource(root, name) {
            Some(block) => evaluate_resource(block, rest, scope),
            None => Value::unknown(format!("{root}.{name} is only known when it is applied")),
        },
    }
}

/// What operators find in a value.
fn follow(mut value: Value, operators: &[&TraversalOperator], scope: &Scope<'_>) -> Value {
    for (place, operator) in operators.iter().enumerate() {
        let key = match operator {
            TraversalOperator::GetAttr(name) => Value::text(name.as_str()),
            TraversalOperator::Index(index) => evaluate(index, scope),
            TraversalOperator::LegacyIndex(index) => {
                Value::Int(i64::try_from(*index.value()).unwrap_or(i64::MAX))
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                let rest = operators.get(place + 1..).unwrap_or_default();
                let items = match value {
                    Value::Unknown(_) => return value,
                    Value::Null => Vec::new(),
                    Value::List(list) => list
                        .items
                        .iter()
                        .map(|item| follow(item.clone(), rest, scope))
                        .collect(),
                    single => vec![follow(single, rest, scope)],
                };
                return Value::list(items);
            }
        };
        value = value.index(&key);
    }
    value
}

/// Where a reference to a resource stands: in a block, or at all blocks of a name.
enum Place<'a> {
    Body(&'a Body),
    Blocks(Vec<&'a Block>),
}

/// What a reference to another resource of the folder finds, as far as the other says it.
fn evaluate_resource(block: &Block, operators: &[&TraversalOperator], scope: &Scope<'_>) -> Value {
    let root = Scope::root(scope.module);
    let own = root.with(loop_names(block, &root));
    let unknown = || Value::unknown("an attribute of a resource that is only known when it is applied");
    let mut place = Place::Body(&block.body);
    for (count, operator) in operators.iter().enumerate() {
        let name = match operator {
            TraversalOperator::GetAttr(name) => name.as_str(),
            TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_) => {
                let index = match operator {
                    TraversalOperator::LegacyIndex(index) => {
                        usize::try_from(*index.value()).unwrap_or(usize::MAX)
                    }
                    TraversalOperator::Index(Expression::Number(index)) => index
                        .value()
                        .as_u64()
                        .and_then(|index| usize::try_from(index).ok())
                        .unwrap_or(usize::MAX),
                    _ => 0,
                };
                place = match place {
                    // One of several equal resources.
                    Place::Body(body) => Place::Body(body),
                    Place::Blocks(blocks) => match blocks.get(index) {
                        Some(block) => Place::Body(&block.body),
                        None => return unknown(),
                    },
                };
                continue;
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return unknown(),
        };
        let body = match &place {
            Place::Body(body) => *body,
            Place::Blocks(blocks) => match blocks.first() {
                Some(block) => &block.body,
                None => return unknown(),
            },
        };
        let attribute = body.get_attribute(name).or_else(|| {
            // What a manifest became is what it says, as far as is known.
            (count == 0 && name == "object")
                .then(|| body.get_attribute("manifest"))
                .flatten()
        });
        if let Some(attribute) = attribute {
            let value = evaluate(&attribute.value, &own);
            return follow(value, operators.get(count + 1..).unwrap_or_default(), scope);
        }
        if name == "id"
            && block
                .labels
                .first()
                .is_some_and(|kind| kind.as_str().contains("namespace"))
        {
            let metadata = block.body.get_blocks("metadata").next();
            let name = metadata.and_then(|metadata| metadata.body.get_attribute("name"));
            return name.map_or_else(unknown, |name| evaluate(&name.value, &own));
        }
        let blocks: Vec<&Block> = body.blocks().filter(|block| block.has_ident(name)).collect();
        if blocks.is_empty() {
            return unknown();
        }
        place = Place::Blocks(blocks);
    }
    unknown()
}

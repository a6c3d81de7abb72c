//! The values that templates work on, with the Go types that templates can tell apart.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::{CallError, Param, Text};

/// A value of a template.
///
/// Maps are shared: `set` on one is seen by everything that holds it. Lists never change.
#[derive(Clone, Default)]
pub enum Value {
    /// `nil`: no value, or an interface that holds none.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`: literals and most results.
    Int(i64),
    /// `int64`: results of arithmetic.
    Int64(i64),
    /// `uint8`: a byte of a string.
    Uint8(u8),
    /// `float64`: every number of a YAML or JSON file.
    Float(f64),
    /// `complex128`: only literals are.
    Complex(f64, f64),
    /// `string`.
    String(Text),
    /// `[]uint8`, Go's `[]byte`.
    Bytes(Text),
    /// Any other slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// A struct, or a pointer to one.
    Object(Rc<dyn Object>),
}

/// What a method gets: the value it is called on, and its arguments.
pub type Method = fn(&Value, &[Value]) -> Result<Value, CallError>;

/// The element type of a slice or map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`.
    Interface,
    /// `string`.
    String,
    /// `int`.
    Int,
    /// `[]uint8`.
    Bytes,
    /// Another concrete type.
    Other,
}

impl Element {
    /// As Go prints the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interface => "interface {}",
            Self::String => "string",
            Self::Int => "int",
            Self::Bytes => "[]uint8",
            Self::Other => "struct",
        }
    }
}

/// The type of a slice or map.
pub struct Class {
    /// As `%T` prints it.
    pub name: &'static str,
    /// What it holds.
    pub element: Element,
    /// Methods, which are found before keys, with the types of their parameters.
    pub methods: &'static [(&'static str, &'static [Param], Method)],
}

impl Class {
    /// A type without methods.
    pub const fn plain(name: &'static str, element: Element) -> Self {
        Self {
            name,
            element,
            methods: &[],
        }
    }

    /// A method by its name.
    pub fn method(&self, name: &str) -> Option<(&'static [Param], Method)> {
        self.methods
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, params, method)| (*params, *method))
    }
}

/// `[]interface {}`.
pub static LIST: Class = Class::plain("[]interface {}", Element::Interface);
/// `[]string`.
pub static STRINGS: Class = Class::plain("[]string", Element::String);
/// `[]int`.
pub static INTS: Class = Class::plain("[]int", Element::Int);
/// `[]uint8`, for the nil slice only: all others are [`Value::Bytes`].
pub static BYTES: Class = Class::plain("[]uint8", Element::Other);
/// `[][]interface {}`.
pub static LISTS: Class = Class::plain("[][]interface {}", Element::Other);
/// `map[string]interface {}`.
pub static DICT: Class = Class::plain("map[string]interface {}", Element::Interface);
/// The nil `map[string]interface {}`: it reads as an empty one and cannot be written.
pub static NIL_DICT: Class = Class::plain("map[string]interface {}", Element::Interface);
/// `map[string]string`.
pub static STRING_MAP: Class = Class::plain("map[string]string", Element::String);
/// The nil `map[string]string`.
pub static NIL_STRING_MAP: Class = Class::plain("map[string]string", Element::String);

/// A slice.
#[derive(Clone)]
pub struct List(Rc<ListData>);

struct ListData {
    class: &'static Class,
    items: Vec<Value>,
    nil: bool,
}

impl List {
    /// A slice of a type.
    pub fn new(class: &'static Class, items: Vec<Value>) -> Self {
        Self(Rc::new(ListData {
            class,
            items,
            nil: false,
        }))
    }

    /// The nil slice of a type: empty, but `null` in JSON.
    pub fn nil(class: &'static Class) -> Self {
        Self(Rc::new(ListData {
            class,
            items: Vec::new(),
            nil: true,
        }))
    }

    /// Its type.
    pub fn class(&self) -> &'static Class {
        self.0.class
    }

    /// Its elements.
    pub fn items(&self) -> &[Value] {
        &self.0.items
    }

    /// Adds an element. Nothing is copied when nobody else holds the slice.
    pub fn push(&mut self, item: Value) {
        if let Some(data) = Rc::get_mut(&mut self.0) {
            data.items.push(item);
        } else {
            let items = self.items().iter().cloned().chain([item]).collect();
            *self = Self::new(self.class(), items);
        }
    }

    /// Whether it is the nil slice.
    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    /// What tells it apart from other slices, as long as it lives.
    pub(crate) fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

/// A map with string keys. Clones are the same map.
#[derive(Clone)]
pub struct Map {
    class: &'static Class,
    entries: Rc<RefCell<BTreeMap<Text, Value>>>,
}

impl Map {
    /// An empty map of a type.
    pub fn new(class: &'static Class) -> Self {
        Self::with(class, BTreeMap::new())
    }

    /// A map of a type.
    pub fn with(class: &'static Class, entries: BTreeMap<Text, Value>) -> Self {
        Self {
            class,
            entries: Rc::new(RefCell::new(entries)),
        }
    }

    /// An empty `map[string]interface {}`.
    pub fn dict() -> Self {
        Self::new(&DICT)
    }

    /// The same map under another type.
    #[must_use]
    pub fn as_class(&self, class: &'static Class) -> Self {
        Self {
            class,
            entries: Rc::clone(&self.entries),
        }
    }

    /// Its type.
    pub fn class(&self) -> &'static Class {
        self.class
    }

    /// The value of a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.borrow().get(key.as_ref()).cloned()
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.entries.borrow().contains_key(key.as_ref())
    }

    /// Sets a key.
    pub fn insert(&self, key: impl Into<Text>, value: Value) {
        self.entries.borrow_mut().insert(key.into(), value);
    }

    /// Takes a key out.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.borrow_mut().remove(key.as_ref())
    }

    /// Keys and values as they are now, in the order of the keys.
    pub fn entries(&self) -> Vec<(Text, Value)> {
        self.entries
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// Whether it is the nil map, which reads as an empty one.
    pub fn is_nil(&self) -> bool {
        // What was merged into it made it a map like others.
        let classes = [&raw const NIL_DICT, &raw const NIL_STRING_MAP];
        classes.into_iter().any(|class| std::ptr::eq(self.class, class)) && self.is_empty()
    }

    /// What tells it apart from other maps, as long as it lives.
    pub(crate) fn identity(&self) -> usize {
        Rc::as_ptr(&self.entries).addr()
    }

    /// Whether both are the same map.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

impl<K: Into<Text>> FromIterator<(K, Value)> for Map {
    /// A `map[string]interface {}`.
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        Self::with(&DICT, entries)
    }
}

/// A Go struct, or a pointer to one, as templates see it.
pub trait Object: Any {
    /// As `%T` prints it: `chart.Metadata`, `*semver.Version`.
    fn type_name(&self) -> &'static str;

    /// Whether it is a pointer to a struct.
    fn is_pointer(&self) -> bool {
        false
    }

    /// An exported field.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The types of a method's parameters. Without them the method checks its arguments itself.
    fn params(&self, _name: &str) -> Option<&'static [Param]> {
        None
    }

    /// Calls a method; nothing when there is none of that name.
    fn call(&self, _name: &str, _arguments: &[Value]) -> Option<Result<Value, CallError>> {
        None
    }

    /// What a function gets of a struct that has methods only where it lies: a copy without them.
    fn copied(&self) -> Option<Value> {
        None
    }

    /// What `%v` prints.
    fn print(&self) -> String;

    /// What an action prints, which may call a `String` method that `%v` does not find.
    fn show(&self) -> String {
        self.print()
    }

    /// Its fields in JSON in the order of the struct, where it is one.
    fn json_fields(&self) -> Option<Vec<(String, Value)>> {
        None
    }

    /// What encoding/json makes of it.
    fn to_json(&self) -> Value;

    /// All its fields in the order of the struct, where it is one.
    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// Whether its fields have names for YAML, the same as for JSON.
    fn has_yaml_names(&self) -> bool {
        false
    }

    /// To tell objects apart.
    fn as_any(&self) -> &dyn Any;
}

impl Value {
    /// A string.
    pub fn string(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(&LIST, items))
    }

    /// A `[]string`.
    pub fn strings<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().map(|item| Self::String(item.into())).collect();
        Self::List(List::new(&STRINGS, items))
    }

    /// A `map[string]interface {}`.
    pub fn dict<K: Into<Text>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().collect())
    }

    /// The type as `%T` prints it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Uint8(_) => "uint8",
            Self::Float(_) => "float64",
            Self::Complex(..) => "complex128",
            Self::String(_) => "string",
            Self::Bytes(_) => "[]uint8",
            Self::List(list) => list.class().name,
            Self::Map(map) => map.class().name,
            Self::Object(object) => object.type_name(),
        }
    }

    /// The kind as Go's reflection names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::List(_) | Self::Bytes(_) => "slice",
            Self::Map(_) => "map",
            Self::Object(object) if object.is_pointer() => "ptr",
            Self::Object(_) => "struct",
            other => other.type_name(),
        }
    }

    /// Truth as `if` sees it: zero, nil and empty are false, structs are true.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(flag) => *flag,
            Self::Int(number) | Self::Int64(number) => *number != 0,
            Self::Uint8(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Self::String(text) | Self::Bytes(text) => !text.is_empty(),
            Self::List(list) => !list.items().is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(_) => true,
        }
    }

    /// The string, when it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, when it is a slice.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map, when it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// An integer of any width.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Int64(number) => Some(*number),
            Self::Uint8(number) => Some(i64::from(*number)),
            _ => None,
        }
    }

    /// Whether it is nil.
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The object of a Rust type.
    pub fn downcast<T: Object>(&self) -> Option<&T> {
        match self {
            Self::Object(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// Equality as `reflect.DeepEqual` has it: same types all the way down.
    pub fn deep_equal(&self, other: &Self) -> bool {
        crate::equality::deep_equal(self, other)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::format::print(self).to_str())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::String(text)
    }
}

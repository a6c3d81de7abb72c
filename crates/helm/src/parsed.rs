//! YAML that templates parse again and again: charts keep tables in named templates, and each file asks for them.

use std::collections::HashMap;

use kubescape_gotemplate::Value;

use crate::values::{copy_value, read_yaml};

/// Bytes of texts that are remembered.
const MAX_BYTES: usize = 1 << 20;

/// What texts hold.
#[derive(Default)]
pub(crate) struct Parsed {
    values: HashMap<String, Value>,
    bytes: usize,
}

impl Parsed {
    /// The value of a text, which shares nothing with other values: templates may change it.
    pub(crate) fn value(&mut self, text: &str) -> Result<Value, String> {
        if let Some(value) = self.values.get(text) {
            return Ok(copy_value(value));
        }
        let value = read_yaml(text)?;
        if self.bytes + text.len() <= MAX_BYTES {
            self.bytes += text.len();
            self.values.insert(text.to_owned(), copy_value(&value));
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_share_nothing() {
        let mut parsed = Parsed::default();
        for _ in 0..3 {
            let value = parsed.value("a: {b: [1]}").unwrap();
            let Value::Map(map) = value else { panic!() };
            assert!(map.get("seen").is_none());
            map.insert("seen", Value::Bool(true));
            let Some(Value::Map(inner)) = map.get("a") else {
                panic!()
            };
            assert!(inner.get("seen").is_none());
            inner.insert("seen", Value::Bool(true));
        }
        assert_eq!(parsed.values.len(), 1);
        assert!(parsed.value("a: b: c").is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let mut parsed = Parsed::default();
        for index in 0..20 {
            let text = format!("{index}: {}", "x".repeat(MAX_BYTES / 8));
            assert!(matches!(parsed.value(&text), Ok(Value::Map(_))));
        }
        assert!(
            parsed.bytes <= MAX_BYTES && parsed.values.len() == 7,
            "{}",
            parsed.values.len()
        );
    }
}

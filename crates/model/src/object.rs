//! The object of a resource: as it was read, or packed while nobody looks at it.

use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use kubescape_yaml::{JsonStyle, Limits, Node, load_json, write_json};

/// An object. Scans of large clusters pack the objects that are judged already, to a tenth of their size.
#[derive(Clone, Debug)]
pub struct Object(Form);

#[derive(Clone, Debug)]
enum Form {
    Plain(Arc<Node>),
    /// Deflated JSON. Places in files are lost.
    Packed(Arc<[u8]>),
}

impl From<Arc<Node>> for Object {
    fn from(node: Arc<Node>) -> Self {
        Self(Form::Plain(node))
    }
}

impl From<Node> for Object {
    fn from(node: Node) -> Self {
        Arc::new(node).into()
    }
}

impl Object {
    /// The object itself. A packed one is unpacked anew at each call.
    pub fn node(&self) -> Arc<Node> {
        match &self.0 {
            Form::Plain(node) => Arc::clone(node),
            Form::Packed(bytes) => Arc::new(unpack(bytes)),
        }
    }

    /// Packs the object. What it is stays, where it stood in its file is forgotten.
    pub fn pack(&mut self) {
        if let Form::Plain(node) = &self.0 {
            let mut json = String::new();
            write_json(node, JsonStyle::default(), &mut json);
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            // Writing to memory does not fail; if it did, the object would stay as it is.
            let packed = encoder.write_all(json.as_bytes()).and_then(|()| encoder.finish());
            if let Ok(bytes) = packed {
                self.0 = Form::Packed(bytes.into());
            }
        }
    }
}

fn unpack(bytes: &[u8]) -> Node {
    let mut json = String::new();
    let read = DeflateDecoder::new(bytes).read_to_string(&mut json);
    let limits = Limits {
        file_bytes: json.len(),
        ..Limits::default()
    };
    match read {
        Ok(_) => load_json(&json, &limits).unwrap_or_default(),
        Err(_) => Node::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_objects_come_back() {
        let text = r#"{"kind":"Pod","spec":{"replicas":3,"share":0.5,"big":18446744073709551615,"on":true,"none":null,"list":["a","\u00e9"]}}"#;
        let node = load_json(text, &Limits::default()).unwrap();
        let mut object = Object::from(node.clone());
        object.pack();
        let json = |node: &Node| {
            let mut json = String::new();
            write_json(node, JsonStyle::default(), &mut json);
            json
        };
        assert_eq!(json(&object.node()), json(&node));
        object.pack();
        assert_eq!(json(&object.node()), json(&node));
    }
}

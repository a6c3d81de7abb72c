//! The suffix that a generated object's name gets from its content.

use kubescape_yaml::{JsonStyle, Mapping, Node, Value, write_json};
use sha2::{Digest, Sha256};

use crate::object::Object;

/// Adds the hash of its content to an object's name.
pub(crate) fn rename(object: &mut Object) {
    let hash = suffix(&object.node);
    object.remember();
    let name = format!("{}-{hash}", object.name());
    object.set_name(&name);
}

/// The hash of a config map or secret by their data; of other kinds all counts.
fn suffix(node: &Node) -> String {
    let kind = node.get("kind").and_then(Node::as_str).unwrap_or_default();
    let field = |key: &str| node.get(key).cloned();
    let empty = || Node::string("");
    let mut hashed = Mapping::new();
    hashed.insert("data", field("data").unwrap_or_else(empty));
    hashed.insert("kind", Node::string(kind));
    hashed.insert("name", empty());
    let extra = match kind {
        "ConfigMap" => "binaryData",
        "Secret" => {
            hashed.insert("type", field("type").unwrap_or_else(empty));
            "stringData"
        }
        _ => return encode(&to_json(node)),
    };
    if let Some(extra_data) = field(extra).filter(|node| node.as_mapping().is_some()) {
        hashed.insert(extra, extra_data);
    }
    encode(&to_json(&Node::new(Value::Mapping(hashed))))
}

fn to_json(node: &Node) -> String {
    let mut json = String::new();
    let style = JsonStyle {
        sorted: true,
        escape_html: true,
    };
    write_json(node, style, &mut json);
    json
}

fn encode(json: &str) -> String {
    let digest = Sha256::digest(json.as_bytes());
    let hex: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    // Letters that could spell words, and digits that look like letters, are replaced.
    hex.chars()
        .map(|character| match character {
            '0' => 'g',
            '1' => 'h',
            '3' => 'k',
            'a' => 'm',
            'e' => 't',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use kubescape_yaml::{Limits, Profile, load_one};

    #[test]
    fn known_hashes() {
        let cases = [
            ("kind: ConfigMap", "6ct58987ht"),
            ("{kind: ConfigMap, data: {x: '1'}}", "hmg6f82fh6"),
            ("{kind: ConfigMap, data: {x: '1', y: <a&b>é}}", "ff45cfft52"),
            ("{kind: ConfigMap, binaryData: {bin: //4A}}", "fmgm4dd92f"),
            ("{kind: Secret, type: Opaque, data: {x: MQ==}}", "bf2648c599"),
            ("{kind: Secret, type: Opaque, data: {}}", "46f8b28mk5"),
        ];
        for (text, hash) in cases {
            let node = load_one(text, Profile::GoYamlV3, &Limits::default()).unwrap();
            assert_eq!(super::suffix(&node), hash, "{text}");
        }
    }
}

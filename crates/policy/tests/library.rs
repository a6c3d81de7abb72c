//! The built-in library as its readers want it: complete texts, cases for its rules, and proposals that mend what
//! they are proposed for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kubescape_library::{Case, Expected, Library, cases_of_library};
use kubescape_model::{EvidencePath, Resource};
use kubescape_policy::rego::{EngineValue, Limits, Programs, Response, RuleError, RuleInput};
use kubescape_policy::rule_objects;
use kubescape_yaml::{Node, PathSegment, parse_path};
use serde_json::Value;

/// Its published cases ask for a proposal that is weak itself.
const WEAK_PROPOSALS: [&str; 1] =
    ["ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10"];
/// Rules that ask registries have no files of cases; see `rules_about_signatures`.
const WITHOUT_CASES: [&str; 2] = ["has-image-signature", "verify-image-signature"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../controls")
}

#[test]
fn every_text_is_there() {
    let library = Library::from_folder(&folder()).unwrap();
    let mut missing = Vec::new();
    let mut need = |owner: &str, what: &str, text: &str| {
        if text.trim().is_empty() {
            missing.push(format!("{owner}: {what}"));
        }
    };
    for control in &library.controls {
        let texts = library.texts(&control.id);
        need(&control.id, "description", &texts.description);
        need(&control.id, "remediation", &texts.remediation);
        need(&control.id, "example.before", &texts.example.before);
        need(&control.id, "example.after", &texts.example.after);
        need(&control.id, "manualTest", &texts.manual_test);
        need(&control.id, "references", &texts.references.concat());
    }
    for framework in &library.frameworks {
        need(&framework.name, "description", &framework.description);
    }
    for track in &library.attack_tracks {
        need(&track.name, "description", &track.description);
        need(
            &track.name,
            "description of its first step",
            &track.root.description,
        );
    }
    for rule in library.rules.values() {
        need(&rule.name, "description", &rule.description);
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_rule_has_a_case_that_finds_something_and_one_that_does_not() {
    let library = Library::from_folder(&folder()).unwrap();
    let mut seen: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for case in cases_of_library(&folder()).unwrap() {
        let finds = match &case.expected {
            Expected::Findings(findings) => !findings.is_empty(),
            Expected::Brief(findings) => !findings.is_empty(),
            Expected::Unreadable(reason) => panic!("{reason}"),
        };
        let rule = library
            .rule(&case.rule)
            .unwrap_or_else(|| panic!("no rule {}", case.rule));
        seen.entry(rule.name.clone()).or_default().insert(finds);
    }
    // What is always reported cannot pass, whatever the input.
    let always =
        |name: &str| library.rules[name].parameters.is_empty() && library.rules[name].matches.is_empty();
    let lopsided: Vec<&String> = seen
        .iter()
        .filter(|(name, kinds)| kinds.len() < 2 && !always(name))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(lopsided, Vec::<&String>::new());
    let without: Vec<&String> = library
        .rules
        .keys()
        .filter(|name| !seen.contains_key(*name) && !WITHOUT_CASES.contains(&name.as_str()))
        .collect();
    assert_eq!(without, Vec::<&String>::new());
}

/// Trusts images of one registry.
#[derive(Debug)]
struct OneRegistry;

impl kubescape_policy::ImageSignatures for OneRegistry {
    fn exist(&self, image: &str) -> bool {
        image.starts_with("signed.example/")
    }

    fn verify(&self, image: &str, key: &str) -> bool {
        self.exist(image) && key == "the key"
    }
}

#[test]
fn rules_about_signatures() {
    let library = Library::from_folder(&folder()).unwrap();
    let programs = Programs::new(&library).with_network(kubescape_policy::Network {
        signatures: Some(std::sync::Arc::new(OneRegistry)),
        requests: None,
    });
    let check = |rule: &str, image: &str, keys: &[&str], expected: usize| {
        let rule = library.rule(rule).unwrap();
        let pod = format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "a"}}, "spec": {{"containers": [{{"name": "c", "image": "{image}"}}]}}}}"#
        );
        let pod = kubescape_yaml::load_json(&pod, &kubescape_yaml::Limits::default()).unwrap();
        let keys = keys.iter().map(ToString::to_string).collect();
        let input = RuleInput {
            objects: &rule_objects(rule, &[Resource::new(pod.into(), None, None)]),
            inputs: &BTreeMap::from([("trustedCosignPublicKeys".to_owned(), keys)]),
            cloud_provider: None,
            parameters: &rule.parameters,
            limits: Limits::default(),
        };
        let found = programs.evaluate(&rule.module, input).unwrap();
        assert_eq!(found.len(), expected, "{} {image}", rule.name);
    };
    let (signed, unsigned) = ("signed.example/a:1", "b:1");
    check("has-image-signature", signed, &[], 0);
    check("has-image-signature", unsigned, &[], 1);
    check("verify-image-signature", signed, &["another", "the key"], 0);
    check("verify-image-signature", signed, &["another"], 1);
    check("verify-image-signature", signed, &[], 1);
    check("verify-image-signature", unsigned, &["the key"], 1);
}

#[test]
fn proposals_mend_what_they_are_proposed_for() {
    let library = Library::from_folder(&folder()).unwrap();
    let programs = Programs::new(&library);
    let (mut mended, mut problems) = (0, Vec::new());
    let (mut proposing, mut tried) = (BTreeSet::new(), BTreeSet::new());
    for case in cases_of_library(&folder()).unwrap() {
        let Some(rule) = library.rule(&case.rule).filter(|rule| rule.aggregator.is_none()) else {
            continue;
        };
        if WEAK_PROPOSALS.contains(&rule.name.as_str()) {
            continue;
        }
        let objects: Vec<Value> = case
            .input
            .iter()
            .map(|node| serde_json::to_value(node).unwrap())
            .collect();
        let before = evaluate(&library, &programs, &case, &objects);
        let certain = |response: &Response| {
            let fixes = fixes(response);
            !fixes.is_empty() && !fixes.iter().any(|(_, value)| is_left_to_the_user(value))
        };
        if before.iter().any(certain) {
            proposing.insert(rule.name.clone());
        }
        for response in before.iter().filter(|response| response.objects.len() == 1) {
            let Some(index) = place(&response.objects[0], &objects) else {
                continue;
            };
            let fixes = fixes(response);
            if fixes.is_empty() || fixes.iter().any(|(_, value)| is_left_to_the_user(value)) {
                continue;
            }
            let mut repaired = objects.clone();
            for (path, value) in &fixes {
                // Labels and annotations are text, whatever they look like.
                let is_text = path.contains("labels[") || path.contains("annotations[");
                let value = if is_text {
                    format!("{value:?}")
                } else {
                    value.clone()
                };
                set(&mut repaired[index], &parse_path(path), &value);
            }
            let after = evaluate(&library, &programs, &case, &repaired);
            let again = after
                .iter()
                .filter(|other| other.objects.len() == 1)
                .any(|other| {
                    place(&other.objects[0], &repaired) == Some(index)
                        && paths(other)
                            .iter()
                            .any(|path| fixes.iter().any(|(fixed, _)| fixed == path))
                });
            if again {
                problems.push(format!(
                    "{} / {}: {fixes:?} does not help ({})",
                    case.rule, case.name, rule.name
                ));
            }
            mended += 1;
            tried.insert(rule.name.clone());
        }
    }
    println!("{mended} proposals of {} rules were tried", tried.len());
    let untried: Vec<&String> = proposing.difference(&tried).collect();
    assert_eq!(
        untried,
        Vec::<&String>::new(),
        "rules whose proposals no case tries"
    );
    assert!(tried.len() > 40, "only {} rules propose anything", tried.len());
    assert_eq!(problems, Vec::<String>::new());
}

fn evaluate(library: &Library, programs: &Programs<'_>, case: &Case, objects: &[Value]) -> Vec<Response> {
    let rule = library.rule(&case.rule).unwrap();
    let resources: Vec<Resource> = objects
        .iter()
        .map(|object| Resource::new(node(object).into(), None, None))
        .collect();
    let mut inputs = library.defaults.clone();
    inputs.extend(case.inputs.clone());
    inputs.retain(|key, _| rule.config.iter().any(|input| input.key == *key));
    let input = RuleInput {
        objects: &rule_objects(rule, &resources),
        inputs: &inputs,
        cloud_provider: case.cloud_provider.as_deref(),
        parameters: &rule.parameters,
        limits: Limits::default(),
    };
    match programs.evaluate(&rule.module, input) {
        Ok(responses) => responses,
        Err(RuleError::NeedsNetwork) => Vec::new(),
        Err(error) => panic!("{} / {}: {error}", case.rule, case.name),
    }
}

fn node(object: &Value) -> Node {
    kubescape_yaml::load_json(&object.to_string(), &kubescape_yaml::Limits::default()).unwrap()
}

/// The place among the objects of one that a rule returned.
fn place(found: &EngineValue, objects: &[Value]) -> Option<usize> {
    let found = serde_json::to_value(found.to_node()).ok()?;
    objects.iter().position(|object| *object == found)
}

fn fixes(response: &Response) -> Vec<(String, String)> {
    let fix = |path: &EvidencePath| match path {
        EvidencePath::Fix(fix) => Some((fix.path.clone(), fix.value.clone())),
        _ => None,
    };
    response.paths.iter().filter_map(fix).collect()
}

fn paths(response: &Response) -> Vec<String> {
    fixes(response).into_iter().map(|(path, _)| path).collect()
}

/// Words in capitals and in angle brackets stand for what only the user knows.
fn is_left_to_the_user(value: &str) -> bool {
    let capitals = value.len() > 3
        && value
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter == '_');
    capitals || value.contains("YOUR_") || value.contains('<')
}

/// Sets a value as a user would write it: `true`, `1000` or text.
fn set(object: &mut Value, path: &[PathSegment], value: &str) {
    let Some((first, rest)) = path.split_first() else {
        let parsed = serde_json::from_str(value)
            .ok()
            .filter(|parsed: &Value| !parsed.is_object());
        *object = parsed.unwrap_or_else(|| Value::from(value));
        return;
    };
    match first {
        PathSegment::Key(key) => {
            if !object.is_object() {
                *object = Value::Object(serde_json::Map::new());
            }
            set(
                object
                    .as_object_mut()
                    .unwrap()
                    .entry(key.clone())
                    .or_insert(Value::Null),
                rest,
                value,
            );
        }
        PathSegment::Index(index) => {
            if !object.is_array() {
                *object = Value::Array(Vec::new());
            }
            let list = object.as_array_mut().unwrap();
            while list.len() <= *index {
                list.push(Value::Null);
            }
            set(&mut list[*index], rest, value);
        }
    }
}

//! Policies as other tools of this family have them run as OPA runs them. Every expected value was compared with OPA.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

use std::path::Path;
use std::sync::Arc;

use kubescape_library::{Inputs, Library};
use kubescape_model::{Parameters, Resource};
use kubescape_policy::rego::{EngineValue, Limits, Programs, Response, RuleError, RuleInput};
use kubescape_policy::{ImageSignatures, Network};
use kubescape_yaml::{Limits as YamlLimits, Profile, load_manifests};

const OBJECTS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app.kubernetes.io/name: x}}, spec: {hostPID: true, containers: [
  {name: c, image: 'nginx:1.2', securityContext: {runAsUser: 0}}, {name: d, image: x}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: ns}, spec: {template: {metadata: {labels: {app: b}},
  spec: {containers: [{name: c, image: nginx}], initContainers: [{name: i, image: 'init:latest'}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns}, spec: {selector: {app: b}, ports: [{port: 80}]}}
";

fn objects() -> Vec<EngineValue> {
    load_manifests(OBJECTS, Profile::SigsYaml, &YamlLimits::default())
        .into_iter()
        .map(|manifest| Resource::new(manifest.root.unwrap().into(), None, None))
        .map(|resource| EngineValue::from_object(&resource.object.node(), None))
        .collect()
}

fn run(policy: &str, signatures: Option<Arc<dyn ImageSignatures>>) -> Result<Vec<Response>, RuleError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../controls");
    let mut library = Library::default();
    for module in ["cautils", "designators", "kubernetes_api_client"] {
        let text = std::fs::read_to_string(folder.join(format!("lib/{module}.rego"))).unwrap();
        library.modules.insert(format!("lib/{module}.rego"), text);
    }
    library
        .modules
        .insert("policy.rego".to_owned(), policy.to_owned());
    let programs = Programs::new(&library).with_network(Network {
        signatures,
        requests: None,
    });
    let input = RuleInput {
        objects: &objects(),
        inputs: &Inputs::default(),
        cloud_provider: None,
        parameters: &Parameters::default(),
        limits: Limits::default(),
    };
    programs.evaluate("policy.rego", input)
}

/// The messages of a policy's findings, sorted, or the error.
fn messages(policy: &str) -> String {
    match run(policy, None) {
        Ok(responses) => {
            let mut messages: Vec<String> = responses.into_iter().map(|found| found.message).collect();
            messages.sort();
            messages.join(" | ")
        }
        Err(error) => error.to_string(),
    }
}

/// `FINDING` in a policy is a finding whose message is the variable `x` as JSON.
#[track_caller]
fn check_policy(body: &str, expected: &str) {
    let finding =
        r#"msga := {"alertMessage": json.marshal(x), "alertObject": {"k8sApiObjects": [input[0]]}}"#;
    let policy = format!("package armo_builtins\n{}", body.replace("FINDING", finding));
    assert_eq!(messages(&policy), expected, "{policy}");
}

/// The value of an expression as JSON; empty when it has none.
#[track_caller]
fn check(expression: &str, expected: &str) {
    check_policy(
        &format!(
            "import data.cautils\nimport future.keywords.in\ndeny[msga] {{ x := {expression}; FINDING }}"
        ),
        expected,
    );
}

#[test]
fn answers_are_bounded() {
    let error = |body: &str| {
        let policy = format!("package armo_builtins\ndeny[msga] {{\n{body}\nmsga := {{}}\n}}\n");
        messages(&policy)
    };
    let long = "long := concat(\"\", [\"a\" | numbers.range(1, 100000)[_]])";
    for (call, expected) in [
        (
            "replace(long, \"a\", long)",
            "replace would answer with more than",
        ),
        (
            "regex.replace(long, \"a\", long)",
            "regex.replace would answer with more than",
        ),
        (
            "strings.replace_n({\"a\": long}, long)",
            "strings.replace_n would answer with more than",
        ),
        (
            "net.cidr_expand(\"::/0\")",
            "net.cidr_expand would answer with more than",
        ),
        (
            "graph.reachable_paths({x: [y | y := numbers.range(1, 24)[_]; y > x] | x := numbers.range(1, 24)[_]}, [1])",
            "graph.reachable_paths would answer with more than",
        ),
        (
            "numbers.range_step(0, 9000000000000000000, 1)",
            "numbers.range_step(0, 9000000000000000000, 1) has more than",
        ),
    ] {
        let shown = error(&format!("{long}\nx := {call}"));
        assert!(shown.contains(expected), "{call}: {shown}");
    }
    check(r#"units.parse("1e999999999")"#, "");
    check("bits.lsh(1, 1000000000)", "");
    check(
        r#"json.match_schema({"a": 1}, {"$ref": "file:///etc/passwd"})"#,
        "",
    );
}

#[test]
fn texts() {
    check(
        r#"sprintf("%v %s %d %o %x %05d %.2f %e", ["a", "b", 3, 384, 255, 4, 1.5, 12345.678])"#,
        r#""a b 3 600 ff 00004 1.50 1.234568e+04""#,
    );
    check(
        r#"sprintf("%v", [{"b": 1, "a": {"c": [1, {"d"}]}}])"#,
        r#""{\"a\": {\"c\": [1, {\"d\"}]}, \"b\": 1}""#,
    );
    check(r#"sprintf("%s", [5])"#, r#""%!s(int=5)""#);
    check(r#"sprintf("%[2]v %[1]v", ["a", "b"])"#, r#""b a""#);
    check(
        r#"json.marshal({"b": 1, "a": ["<&>"]})"#,
        r#""{\"a\":[\"\\u003c\\u0026\\u003e\"],\"b\":1}""#,
    );
    check(r#"strings.any_prefix_match("abc", ["x", "ab"])"#, "true");
    check(r#"strings.replace_n({"a": "1", "b": "2"}, "abab")"#, r#""1212""#);
    check(r#"substring("äöü", 1, 1)"#, r#""ö""#);
    check("format_int(-255, 16)", r#""-ff""#);
    check(r#"trace("x")"#, "true");
}

#[test]
fn expressions() {
    check("re_match(`^a`, `abc`)", "true");
    check("regex.match(`a(`, `abc`)", "");
    check(
        "regex.find_all_string_submatch_n(`a(.)(x?)`, `abac`, -1)",
        r#"[["ab","b",""],["ac","c",""]]"#,
    );
    check("regex.replace(`foo bar`, `(o+)`, `$1x`)", r#""f bar""#);
    check("regex.split(`\\s+`, `a b  c`)", r#"["a","b","c"]"#);
    check("glob.match(`*.github.com`, [`.`], `api.github.com`)", "true");
    check("glob.match(`*:*`, [`:`], `api:github`)", "true");
    // Larger than the engine's own limit.
    let long = format!(
        "regex.match(`^(?:[a-z0-9]{{1,200}}[._/-]?){{1,{}}}$`, `docker.io/library/nginx`)",
        60
    );
    check(&long, "true");
}

#[test]
fn collections() {
    check("all([true, 1 > 0])", "true");
    check("any({false})", "false");
    check("set_diff({1, 2}, {2})", "[1]");
    check("cast_array({1, 2})", "[1,2]");
    check("cast_set([1, 1])", "[1]");
    check("cast_string(1)", "");
    check("walk({`a`: [1]})[0]", r#"["a",0] | ["a"] | []"#);
    check(
        "[p | [p, v] := walk({`a`: [1, {`b`: `x`}]}); v == `x`]",
        r#"[["a",1,"b"]]"#,
    );
    check(
        "[p | walk(input[1], [p, v]); v == `init:latest`]",
        r#"[["spec","template","spec","initContainers",0,"image"]]"#,
    );
    check("object.get(input[0], [`spec`, `hostIPC`], `d`)", r#""d""#);
    check(
        "object.subset({`a`: {`b`: [1, 2]}}, {`a`: {`b`: [1, 2]}})",
        "true",
    );
    check(
        "object.union_n([{`a`: 1}, {`b`: 2}, {`a`: 3}])",
        r#"{"a":3,"b":2}"#,
    );
    check(
        "json.filter(input[0], [`spec/hostPID`])",
        r#"{"spec":{"hostPID":true}}"#,
    );
    check(
        "json.patch({`a`: [1]}, [{`op`: `add`, `path`: `a/-`, `value`: 2}])",
        r#"{"a":[1,2]}"#,
    );
    check("json.remove({`a`: [1, 2, 3]}, {`a/1`})", r#"{"a":[1,3]}"#);
    check("graph.reachable({`a`: [`b`], `b`: []}, [`a`])", r#"["a","b"]"#);
}

#[test]
fn numbers() {
    check("plus(1, 2)", "3");
    check("minus({1, 2}, {2})", "[1]");
    check("div(7, 2)", "3.5");
    check("div(1, 0)", "");
    check("rem(5, 3)", "2");
    check("mul(2, 3)", "6");
    check("gt(2, 1)", "true");
    check("neq(1, 2)", "true");
    check("bits.rsh(384, 6)", "6");
    check("to_number(`abc`)", "");
    check("units.parse(`1Ki`)", "1024");
    check("units.parse_bytes(`1MiB`)", "1048576");
    check("semver.compare(`1.2.3-beta`, `1.2.3`)", "-1");
    check("time.date(1577934245000000000)", "[2020,1,2]");
    check("time.parse_duration_ns(`1h30m`)", "5400000000000");
}

#[test]
fn documents() {
    check(
        "yaml.unmarshal(`{a: yes, b: 0644, c: 1.0, d: ~, e: 2020-01-01}`)",
        r#"{"a":true,"b":420,"c":1,"d":null,"e":"2020-01-01"}"#,
    );
    check("yaml.unmarshal(`a: 1\n---\nb: 2\n`)", r#"{"a":1}"#);
    check(
        "yaml.unmarshal(`a: &x {b: 1}\nc: {<<: *x, d: 2}\n`)",
        r#"{"a":{"b":1},"c":{"b":1,"d":2}}"#,
    );
    check("yaml.unmarshal(`a: [`)", "");
    check("yaml.is_valid(`a: [`)", "false");
    check("json.unmarshal(`{`)", "");
    check("base64.decode(`###`)", "");
    check(
        "urlquery.encode_object({`a`: `1`, `b`: [`2`, `3`]})",
        r#""a=1\u0026b=2\u0026b=3""#,
    );
    check("crypto.md5(`a`)", r#""0cc175b9c0f1b6a831c399e269772661""#);
    check(
        "crypto.sha1(`a`)",
        r#""86f7e437faa5a7fce15d1ddcb9eaeaea377667b8""#,
    );
    check(
        "crypto.sha256(`a`)",
        r#""ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb""#,
    );
    check(
        "crypto.hmac.md5(`a`, `k`)",
        r#""ddcf3d210049e7135f61affae73731cd""#,
    );
    check(
        "crypto.hmac.sha256(`a`, `k`)",
        r#""78da91511e675587f5b9df78bedebaf5560da2abb88162ee875dcdf744951d9e""#,
    );
}

#[test]
fn networks() {
    check("net.cidr_intersects(`10.0.0.0/8`, `10.1.0.0/16`)", "true");
    check("net.cidr_overlap(`10.0.0.0/8`, `11.1.2.3`)", "false");
    check(
        "net.cidr_merge([`192.168.0.0/25`, `192.168.0.128/25`])",
        r#"["192.168.0.0/24"]"#,
    );
    check(
        "net.cidr_contains_matches([`1.1.1.0/24`], [`1.1.1.1`, `2.2.2.2`])",
        "[[0,0]]",
    );
    check(
        "net.cidr_contains_matches({`a`: `1.1.1.0/24`}, {`k`: `1.1.1.1`})",
        r#"[["a","k"]]"#,
    );
    check(
        "net.cidr_contains_matches([[`1.1.1.0/24`, `n`]], `1.1.1.1`)",
        r#"[[0,"1.1.1.1"]]"#,
    );
    check("net.cidr_is_valid(`10.0.0.0/33`)", "false");
}

#[test]
fn library_modules() {
    check("cautils.list_contains([`a`], `a`)", "true");
    check("data.cautils.unix_permissions_allow(384, 256)", "true");
    check_policy(
        "import data.cautils as u\nimport data.designators\nimport data.kubernetes.api.client as client\nimport input as objs\n\
         deny[msga] { u.list_contains([`a`], `a`); x := objs[0].kind; FINDING }",
        r#""Pod""#,
    );
    check_policy(
        "deny[msga] { data.cautils.list_contains([`a`], `a`); x := 1; FINDING }",
        "1",
    );
}

#[test]
fn older_constructs() {
    check_policy(
        "f(`v1`)\nf(`v2`)\ndeny[msga] { x := [y | y := [`v1`, `v3`, `v2`][_]; f(y)]; FINDING }",
        r#"["v1","v2"]"#,
    );
    check_policy(
        "deny[msga] { a := input[0]; all := [a.metadata.labels[i] | annotation = i; startswith(i, `app`)]; x := count(all); FINDING }",
        "1",
    );
    check_policy(
        "deny[msga] { input[_].kind == `Pod`; x := 1; FINDING } { x := 2; FINDING }\n",
        "1 | 2",
    );
    check_policy(
        "f(x) = `a` { x > 1 } else = `b` { x > 0 } else = `c` { true }\ndeny[msga] { x := [f(2), f(1), f(0)]; FINDING }",
        r#"["a","b","c"]"#,
    );
    check_policy(
        "f(x) { x == 1 } { x == 2 }\ndeny[msga] { x := [y | y := [1, 2, 3][_]; f(y)]; FINDING }",
        "[1,2]",
    );
    check_policy(
        "deny[msga] { [a, b] = split(`a.b`, `.`); x := b; FINDING }",
        r#""b""#,
    );
    check_policy("deny[msga] { count(input, n); x := n; FINDING }", "3");
    check_policy(
        "deny[msga] { x := y with input as {`a`: 1}; FINDING }\ny = z { z := input.a }",
        "1",
    );
    check_policy(
        "default allow = false\nallow { input[_].kind == `Nope` }\ndeny[msga] { x := allow; FINDING }",
        "false",
    );
    check_policy(
        "any(x) { x == 1 }\ndeny[msga] { any(1); not any(2); x := 1; FINDING }",
        "1",
    );
    check_policy(
        "deny[msga] { in := 5; every := 6; x := in + every; FINDING }",
        "11",
    );
    check_policy(
        "deny[msga] { not json.unmarshal(`{`); not base64.decode(`%%`); x := 1; FINDING }",
        "1",
    );
    check_policy(
        "deny[msga] { print(`hello`, input[0].kind); x := 1; FINDING }",
        "1",
    );
    check_policy(
        "names[n] = k { o := input[_]; n := o.metadata.name; k := o.kind }\ndeny[msga] { x := names[`a`]; FINDING }",
        r#""Pod""#,
    );
}

#[test]
fn every_rule_of_the_package_counts() {
    check_policy(
        "helper[x] { x := input[_].kind }\nuntrusted[msga] { x := 1; FINDING }\ndeny[msga] { x := count(helper); FINDING }",
        "1 | 3",
    );
    check_policy("untrusted[msga] { x := 1; FINDING }", "1");
    check_policy("deny = found { found := [msga | x := 1; FINDING] }", "1");
}

#[test]
fn both_syntaxes() {
    check_policy("import rego.v1\ndeny contains msga if { x := 1; FINDING }", "1");
    check_policy(
        "import future.keywords.if\nimport future.keywords.contains\ndeny contains msga if { x := 1; FINDING }",
        "1",
    );
    // The newer syntax is understood without an import.
    check_policy(
        "deny contains msga if { every p in input { p.kind }; x := 1; FINDING }",
        "1",
    );
    check_policy(
        "deny contains msga if {\n  x := 1\n  y = = 2\n  FINDING\n}",
        "policy.rego:4:7: expecting expression",
    );
    check_policy(
        "deny[msga] { x := nothing(1); FINDING }",
        "policy.rego:2:26: could not find function nothing",
    );
}

/// Knows one image.
#[derive(Debug)]
struct OneSigned;

impl ImageSignatures for OneSigned {
    fn exist(&self, image: &str) -> bool {
        image == "nginx:1.2"
    }

    fn verify(&self, image: &str, key: &str) -> bool {
        image == "nginx:1.2" && key == "the key"
    }
}

#[test]
fn signatures_of_images() {
    let policy = |body: &str| {
        format!(
            "package armo_builtins\n# cosign.verify\ndeny[msga] {{ image := input[_].spec.containers[_].image; {body}; \
             msga := {{\"alertMessage\": image, \"alertObject\": {{\"k8sApiObjects\": [input[0]]}}}} }}"
        )
    };
    let found = |body: &str| -> Vec<String> {
        let responses = run(&policy(body), Some(Arc::new(OneSigned))).unwrap();
        responses.into_iter().map(|found| found.message).collect()
    };
    assert_eq!(found("not cosign.has_signature(image)"), ["x"]);
    assert_eq!(found("cosign.verify(image, `the key`)"), ["nginx:1.2"]);
    assert_eq!(found("cosign.verify(image, `another`)"), Vec::<String>::new());
    assert_eq!(
        run(&policy("cosign.has_signature(image)"), None),
        Err(RuleError::NeedsNetwork)
    );
    // A word in a comment calls nothing.
    assert!(run(&policy("true"), None).is_ok());
}

//! Snippets of templates with what Helm makes of them: one for each way in which an implementation went astray.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::PathBuf;

use kubescape_helm::{RenderOptions, render_snippet};

struct Chart(PathBuf);

impl Chart {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("kubescape-snippets-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        fs::write(
            root.join("Chart.yaml"),
            "name: case\nversion: 1.0.0\nmaintainers: [{name: Ann}]\n",
        )
        .unwrap();
        fs::write(
            root.join("values.yaml"),
            "number: 5\nnothing: null\nlist: [a, b]\n",
        )
        .unwrap();
        fs::write(root.join("empty.txt"), "").unwrap();
        Self(root)
    }

    fn render(&self, template: &str) -> Result<String, String> {
        render_snippet(
            &self.0,
            "templates/snippet.yaml",
            template,
            &RenderOptions::default(),
        )
        .map_err(|error| error.to_string())
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn check(name: &str, cases: &[(&str, &str)]) {
    let chart = Chart::new(name);
    for (template, expected) in cases {
        assert_eq!(chart.render(template).as_deref(), Ok(*expected), "{template}");
    }
}

/// The place and the end of the message.
#[track_caller]
fn check_errors(name: &str, cases: &[(&str, usize, &str)]) {
    let chart = Chart::new(name);
    for (template, column, message) in cases {
        let error = chart.render(template).expect_err(template);
        let place = format!("case/templates/snippet.yaml:1:{column}:");
        assert!(
            error.contains(&place) && error.ends_with(message),
            "{template}: {error}"
        );
    }
}

#[test]
fn integers_of_other_widths_are_no_int() {
    check(
        "widths",
        &[
            ("{{ until (add 1 1 | int) }}", "[0 1]"),
            ("{{ trunc (len .Values.list) `abc` }}", "ab"),
        ],
    );
    check_errors(
        "widths-bad",
        &[
            (
                "{{ trunc (int64 2) `abc` }}",
                16,
                "wrong type for value; expected int; got int64",
            ),
            (
                "{{ add 1 2 | until }}",
                13,
                "wrong type for value; expected int; got int64",
            ),
            (
                "{{ repeat (index `abc` 1) `x` }}",
                23,
                "wrong type for value; expected int; got uint8",
            ),
        ],
    );
}

#[test]
fn merging() {
    check(
        "merge",
        &[
            ("{{ merge (dict) (dict `a` nil) }}", "map[]"),
            ("{{ merge nil (dict `a` 1) | toJson }}", "{\"a\":1}"),
            ("{{ merge (dict `a` 0) (dict `a` false) }}", "map[a:false]"),
            (
                "{{ merge (dict `a` (dict)) (dict `a` (dict `b` nil)) }}",
                "map[a:map[b:<nil>]]",
            ),
            (
                "{{ merge (dict `a` (dict `x` 1)) (dict `a` (dict `b` nil)) }}",
                "map[a:map[x:1]]",
            ),
            ("{{ merge (dict `a` (dict)) (dict `a` 5) }}", "map[a:5]"),
            (
                "{{ mergeOverwrite (dict `a` (dict `x` 1)) (dict `a` nil) }}",
                "map[a:<nil>]",
            ),
            (
                "{{ $s := dict `c` (dict `d` 1) }}{{ $m := merge (dict `c` (dict)) $s }}{{ $_ := set $m.c `e` 2 }}{{ $s }}",
                "map[c:map[d:1]]",
            ),
        ],
    );
    check_errors(
        "merge-bad",
        &[(
            "{{ merge (dict `b` (split `,` `a`)) (dict `b` (dict `z` 1)) }}",
            3,
            "value of type interface {} is not assignable to type string",
        )],
    );
}

#[test]
fn names() {
    check(
        "names",
        &[
            (
                "{{ snakecase `a=b <x> 1a1a HTTPServer2Go` }}",
                "a_=_b_<_x_>_1a1a_http_server2_go",
            ),
            ("{{ kebabcase `%5d a1b+c` }}", "%5d-a-1b-+-c"),
            (
                "{{ snakecase `%-10s| a!_b !- a (a)-b` }}",
                "%-10s_|_a!_b_!-_a_(a)-b",
            ),
            ("{{ kebabcase `}}-{{ a!_B` }}", "}}-{{-a!_b"),
            ("{{ camelcase `HTTPServer` }}", "Httpserver"),
            ("{{ camelcase `_a__b  c_` }}", "_A_B C_"),
            ("{{ camelcase `__` }}", "___"),
            ("{{ nospace `é b` }}", "Ã©b"),
            // Ideographs are signs, and a letter stays one letter whichever its case.
            (
                "{{ snakecase `ab日本テキ` }} {{ snakecase `İaǅ` }}",
                "ab_日本_テキ iaǅ",
            ),
            (
                "{{ title `ßa ǆa ა` }} {{ swapcase `ßa ǅz Ⅳ` }}",
                "ßa ǅa ა ßA ǆZ Ⅳ",
            ),
            (
                "{{ upper `ßᾳ` }} {{ untitle `İa` }} {{ initials `àb ça` }}",
                "ßᾼ ia ÃbÃ",
            ),
        ],
    );
}

/// Texts are bytes: what functions cut within a letter stays as it is.
#[test]
fn bytes_of_letters() {
    let cut = |pipe: &str| format!("{{{{ `-é é-` | trunc 5 | {pipe} | b64enc }}}}");
    let cases = [
        ("trim", "LcOpIMM="),
        ("trimAll `-`", "w6kgww=="),
        ("replace ` ` ``", "LcOpww=="),
        ("replace `` `.`", "Li0uw6kuIC7DLg=="),
        ("splitList ` ` | join `+`", "LcOpK8M="),
        ("cat `x`", "eCAtw6kgww=="),
        ("squote", "Jy3DqSDDJw=="),
        ("abbrev 4", "LS4uLg=="),
        ("printf `%s%s` `x` | wrapWith 3 `|`", "eC3DfKkgww=="),
    ];
    let templates: Vec<_> = cases.iter().map(|(pipe, _)| cut(pipe)).collect();
    let rows: Vec<_> = templates
        .iter()
        .map(String::as_str)
        .zip(cases.map(|case| case.1))
        .collect();
    check("bytes", &rows);
}

#[test]
fn patterns() {
    check(
        "patterns",
        &[
            (
                r#"{{ regexFindAll `\w+` "é1a_ b" -1 | toJson }}"#,
                r#"["1a_","b"]"#,
            ),
            ("{{ regexReplaceAll `x{,2}|a{b}` `a{b}x{,2}` `-` }}", "--"),
            (r"{{ regexReplaceAll `\Qa.b\E+` `a.bb` `-` }}", "-"),
            ("{{ regexFind `[]a&&b-]+` `z]a&&b-` }}", "]a&&b-"),
            (r"{{ regexFind `[[:upper:]\d]+` `xA1` }}", "A1"),
            (
                "{{ regexReplaceAll `(?P<n>b)` `abc` `<${n-}|${}|$n|$1é|${1}é|$01|$9|$$|$-$` }}",
                "a<${n-}|${}|b||bé|||$|$-$c",
            ),
        ],
    );
    check_errors(
        "patterns-bad",
        &[
            (
                "{{ regexFind `a**` `a` }}",
                3,
                "invalid nested repetition operator: `*`",
            ),
            ("{{ regexFind `a{2,1}` `a` }}", 3, "invalid repeat count: `{2,1}`"),
            (r"{{ regexFind `\Z` `a` }}", 3, r"invalid escape sequence: `\Z`"),
        ],
    );
}

#[test]
fn methods() {
    check(
        "methods",
        &[
            ("{{ (semver `1.2.4`).Compare (semver `1.2.3`) }}", "1"),
            ("{{ deepCopy (list (semver `1.2.4`) now) | first }}", "0.0.0"),
            (
                "{{ (toDate `2006-01-02` `2024-01-31`).AddDate 0 1 0 | date `2006-01-02` }}",
                "2024-03-02",
            ),
            (
                "{{ (toDate `2006-01-02` `2024-03-01`).AddDate -1 -3 -1 | date `2006-01-02` }}",
                "2022-11-30",
            ),
            ("{{ (toDate `2006-01-02` `2024-03-01`).Before now }}", "true"),
        ],
    );
    check_errors(
        "methods-bad",
        &[
            (
                "{{ (semver `1.2.4`).Compare `1.2.3` }}",
                28,
                "can't handle `1.2.3` for arg of type *semver.Version",
            ),
            (
                "{{ (semver `1.2.4`).Major 1 }}",
                11,
                "wrong number of args for Major: want 0 got 1",
            ),
            ("{{ now.Format 1 }}", 14, "expected string; found 1"),
        ],
    );
}

#[test]
fn toml() {
    check(
        "toml",
        &[
            (
                "{{ fromToml `t = 2020-01-01 10:00:00\nl = [1, {a = 'x'}]\n[s.t]\nk = 0x1F` | toJson }}",
                r#"{"l":[1,{"a":"x"}],"s":{"t":{"k":31}},"t":"2020-01-01T10:00:00Z"}"#,
            ),
            (
                "{{ (fromToml `a = 2020-01-01`).a }} {{ (fromToml `a = 10:00:00`).a }}",
                "2020-01-01 00:00:00 +0000 date-local 0000-01-01 10:00:00 +0000 time-local",
            ),
            ("{{ fromToml `a.b=1\na=2` | toJson }}", r#"{"a":{"b":1}}"#),
            ("{{ typeOf (fromToml `[[a]]`).a }}", "[]map[string]interface {}"),
            (
                "{{ toToml .Capabilities.KubeVersion }}",
                "Version = \"v1.34.0\"\nMajor = \"1\"\nMinor = \"34\"\n",
            ),
            ("{{ toToml (dict `a` 1i) }}", "unsupported type: complex128"),
            (
                "{{ toToml (dict `l` (list (dict `a` (dict `x` 1) `b` 2) 1)) }}",
                "l = [{b = 2, a = {x = 1}}, 1]\n",
            ),
            (
                "{{ toToml (dict `l` (list (dict `a` 1 `b` nil) 1)) }}",
                "l = [{a = 1, }, 1]\n",
            ),
        ],
    );
    for (text, message) in [
        ("a", "line 1: unexpected EOF; expected key separator '='"),
        (
            "a.b =",
            "line 1 (last key \"a.b\"): unexpected EOF; expected value",
        ),
        ("a: 1", "line 1: expected '.' or '=', but got ':' instead"),
        ("= 1", "line 1: unexpected '=': key name appears blank"),
        (
            "[1, 2]",
            "line 1: expected '.' or ']' to end table name, but got ',' instead",
        ),
        (
            "[[a]",
            "line 1: expected end of table array name delimiter ']', but got '\\x00' instead",
        ),
        (
            "x = 1\na = yes",
            "line 2 (last key \"a\"): expected value but found \"yes\" instead",
        ),
        (
            "a = 01",
            "line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes",
        ),
        (
            "a = 1__0",
            "line 1 (last key \"a\"): Invalid integer \"1__0\": underscores must be surrounded by digits",
        ),
        (
            "a = 1.",
            "line 1 (last key \"a\"): Invalid float \"1.\": '.' must be followed by one or more digits",
        ),
        (
            "a = 2020-13-01",
            "line 1 (last key \"a\"): invalid datetime: \"2020-13-01\"",
        ),
        (
            "a = [1 2]",
            "line 1 (last key \"a\"): expected a comma (',') or array terminator (']'), but got '2'",
        ),
        (
            "a = {b=1,}",
            "line 1 (last key \"a.b\"): trailing comma not allowed in inline tables",
        ),
        (
            "a = \"x\\q\"",
            "line 1 (last key \"a\"): invalid escape in string '\\q'",
        ),
        (
            "a = '''x",
            "line 1 (last key \"a\"): unexpected EOF; expected \"'''\"",
        ),
        (
            "a = 1 2",
            "line 1: expected a top-level item to end with a newline, comment, or EOF, but got '2' instead",
        ),
        ("[a]\n[a]", "line 2: Key 'a' has already been defined."),
        (
            "a = 1\na.b = 2",
            "line 2 (last key \"a.b\"): Key 'a' has already been defined.",
        ),
        ("a = 1\n[a.b]", "line 2: Key 'a' was already created as a hash."),
    ] {
        let template = format!("{{{{ (fromToml {text:?}).Error }}}}");
        check("toml-errors", &[(&template, &format!("toml: {message}"))]);
    }
}

#[test]
fn structs() {
    check(
        "structs",
        &[
            (
                "{{ printf `%t|%q|%+v|%#v` .Capabilities.KubeVersion .Capabilities.KubeVersion .Capabilities.KubeVersion .Capabilities.KubeVersion }}",
                "{%!t(string=v1.34.0) %!t(string=1) %!t(string=34)}|{\"v1.34.0\" \"1\" \"34\"}|{Version:v1.34.0 Major:1 Minor:34}|chartutil.KubeVersion{Version:\"v1.34.0\", Major:\"1\", Minor:\"34\"}",
            ),
            (
                "{{ range .Chart.Maintainers }}{{ printf `%+v` . }}{{ end }}",
                "&{Name:Ann Email: URL:}",
            ),
            // A function gets a copy, on which no method is found.
            (
                "{{ $x := .Capabilities.KubeVersion }}{{ $x }} {{ default 1 $x }} {{ and 1 $x }} {{ (dict `a` $x).a }}",
                "v1.34.0 {v1.34.0 1 34} v1.34.0 {v1.34.0 1 34}",
            ),
            (
                "{{ html 1.5 .Capabilities.KubeVersion (semver `1.2.3`) 2 }}",
                "1.5 {v1.34.0 1 34} 1.2.3 2",
            ),
            ("{{ toJson (concat (list) (list)) }}", "null"),
        ],
    );
    check_errors(
        "structs-bad",
        &[
            (
                "{{ 1 | .Capabilities.KubeVersion.String }}",
                20,
                "wrong number of args for String: want 0 got 1",
            ),
            (
                "{{ (default .Capabilities.KubeVersion).GitVersion }}",
                25,
                "can't evaluate field GitVersion in type chartutil.KubeVersion",
            ),
        ],
    );
}

#[test]
fn small_numbers_durations_and_hosts() {
    check(
        "small",
        &[
            (
                "{{ toJson 0.00001234 }} {{ toJson 0.000001 }} {{ toJson 1e-7 }}",
                "0.00001234 0.000001 1e-7",
            ),
            ("{{ durationRound `-2h` }} {{ duration `-90` }}", "2h -1m30s"),
            (
                "{{ toDate `2006-01-02 -0700` `2020-01-01 +0100` }}",
                "2020-01-01 00:00:00 +0100 +0100",
            ),
            (
                "{{ urlJoin (dict `scheme` `http` `host` `a b|c<d>`) }}",
                "http://a%20b%7Cc<d>",
            ),
            (
                "{{ toJson (merge (index .Values `x`) (dict)) }} {{ toJson (merge (index .Values `x`)) }}",
                "{} null",
            ),
        ],
    );
}

#[test]
fn keys_without_an_order() {
    // Where digits and letters mix, the order of keys goes round in circles: `a1` before `a01`, that before `a1b`.
    let digits = ["", "0", "1", "01", "2", "10", "9"];
    let keys: Vec<String> = ["a", "0", "b9"]
        .iter()
        .flat_map(|start| digits.iter().map(move |middle| format!("{start}{middle}")))
        .flat_map(|start| digits.iter().map(move |end| format!("\"{start}b{end}\": 1")))
        .collect();
    let template = format!(
        "{{{{ toYaml (fromJson `{{{}}}`) | splitList `\n` | len }}}}",
        keys.join(",")
    );
    check("circles", &[(&template, &keys.len().to_string())]);
}

#[test]
fn bounds() {
    check(
        "bounds",
        &[("{{ substr 3 9 `hello` }}{{ substr -1 2 `hello` }}", "lohe")],
    );
    check_errors(
        "bounds-bad",
        &[
            ("{{ substr 3 2 `hello` }}", 3, "slice bounds out of range [3:2]"),
            ("{{ substr -1 9 `hello` }}", 3, "slice bounds out of range [0:9]"),
            ("{{ index .Values.list 2 }}", 3, "slice index out of range"),
            (
                "{{ len .Values.nothing }}",
                3,
                "reflect: call of reflect.Value.Type on zero Value",
            ),
            ("{{ mulf 1.5 `inf` }}", 3, "Cannot create a Decimal from +Inf"),
        ],
    );
}

#[test]
fn readers_say_what_is_wrong() {
    check(
        "readers",
        &[
            (
                "{{ (fromJson `{{`).Error }}",
                "invalid character '{' looking for beginning of object key string",
            ),
            (
                "{{ (fromJson `[1 2]`).Error }}",
                "invalid character '2' after array element",
            ),
            (
                "{{ fromJsonArray `'x'` | first }}",
                r"invalid character '\'' looking for beginning of value",
            ),
            (
                r#"{{ fromJson `{"a": "\ud800x"}` | toJson }}"#,
                "{\"a\":\"\u{FFFD}x\"}",
            ),
            ("{{ fromJson `null` | toJson }}", "null"),
            (
                "{{ (fromYaml `{{ x }}`).Error }}",
                "error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{\"x\":interface {}(nil)}",
            ),
            (
                "{{ (fromYaml `k: *a`).Error }}",
                "error converting YAML to JSON: yaml: unknown anchor 'a' referenced",
            ),
            (
                "{{ (fromYaml `k: \"`).Error }}",
                "error converting YAML to JSON: yaml: found unexpected end of stream",
            ),
            (
                "{{ (fromYaml \"k: a\\nb\").Error }}",
                "error converting YAML to JSON: yaml: line 3: could not find expected ':'",
            ),
            // What a document means comes after its syntax.
            (
                "{{ (fromYaml \"? [a]\\n: b\\n- c\\n\").Error }}",
                "error converting YAML to JSON: yaml: line 2: did not find expected key",
            ),
            (
                "{{ (fromYaml \"k:\\n  x: {a: b,\\n    c: d?}\\n\").Error }}",
                "error converting YAML to JSON: yaml: line 2: did not find expected ',' or '}'",
            ),
            (
                "{{ (fromYaml `<<: 1`).Error }}",
                "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value",
            ),
            ("{{ b32dec `MFRGG` }}", "illegal base32 data at input byte 0"),
        ],
    );
}

#[test]
fn values_that_few_charts_print() {
    check(
        "printing",
        &[
            (
                "{{ js .Values.nothing nil }}",
                r"\u003Cno value\u003E\u003Cno value\u003E",
            ),
            ("{{ first .Chart.Maintainers }}", "{Ann  }"),
            ("{{ .Chart.Metadata.Name }}{{ .Chart.Name }}", "casecase"),
            (
                "{{ toJson .Files.Nope }}{{ toJson (index .Files `empty.txt`) }}",
                "null\"\"",
            ),
            ("{{ printf `%5v|%5v` nil (list nil) }}", "<nil>|[<nil>]"),
            ("{{ typeOf .Template }}", "chartutil.Values"),
            // Only `!` negates a class of `.Files.Glob`; braces close at the end, and a choice of nothing is none.
            (
                "{{ range tuple `*.tx[^t]` `*.tx[!t]` `{a,empty.txt` `{` }}{{ $.Files.Glob . | len }}{{ end }}",
                "1010",
            ),
            ("{{ toYaml (dict \"a\\nb\" (list 1)) }}", "? |-\n  a\n  b\n: - 1"),
            ("{{ toYaml \"a\\u0085b\" }}", "a b"),
            // Keys are long by bytes; tabs stand in blocks as they are for the newer library only.
            ("{{ toYaml (dict (repeat 65 `é`) 1) | trunc 4 }}", "? é"),
            (
                "{{ toYamlPretty \"a\\n\\tb\" }} {{ toYaml \"a\\n\\tb\" }}",
                "|-\n  a\n  \tb \"a\\n\\tb\"",
            ),
            // A mark at the start of a text makes the Go library escape all of it.
            ("{{ toYaml \"\\ufeffa b\" }}", r#""\uFEFF\x61\x20\x62""#),
            // Line separators are breaks, behind which texts are indented.
            (
                "{{ toYaml (list \"a\\u2028b\" \"c\\nd\\u2028\\u2029e\" \"f\\n\\u2028\") }}",
                "- 'a\u{2028}  b'\n- |-\n  c\n  d\u{2028}\u{2029}  e\n- |+\n  f\n\u{2028}",
            ),
        ],
    );
}

#[test]
fn bombs_end() {
    let nested = "{{ $x := list 1 2 3 }}{{ range until 40 }}{{ $x = list $x $x }}{{ end }}";
    let twice = "{{ $x := list 1 }}{{ $y := list 1 }}{{ range until 60 }}{{ $x = list $x $x }}{{ $y = list $y $y }}{{ end }}";
    let dicts = "{{ $x := dict `a` 1 }}{{ $y := dict `b` 1 }}{{ range until 40 }}{{ $x = dict `l` $x `r` $x }}{{ $y = dict `l` $y `r` $y }}{{ end }}";
    check(
        "cycles",
        &[
            (
                "{{ $d := dict }}{{ $_ := set $d `a` $d }}{{ $e := dict }}{{ $_ := set $e `a` $e }}{{ deepEqual $d $e }}",
                "true",
            ),
            (
                &format!("{twice}{{{{ deepEqual $x $y }}}} {{{{ uniq (list $x $y 1) | len }}}}"),
                "true 2",
            ),
            (
                &format!("{twice}{{{{ has $x (list $y) }}}}{{{{ without (list $x) $y }}}}"),
                "true[]",
            ),
            ("{{ until 400000 | uniq | len }}", "400000"),
            (
                "{{ uniq (list 0.0 (mulf -1 0.0) `a` 1 1.0 (dict `a` 1) (dict `a` 1) (list) (list)) | len }}",
                "6",
            ),
            (
                &format!("{nested}{{{{ toToml (dict `x` $x) }}}}"),
                "toml: the text is larger than 64 MiB",
            ),
            (
                &format!("{dicts}{{{{ toToml $x }}}}"),
                "toml: the text is larger than 64 MiB",
            ),
            (
                "{{ $y := `a: &a [1]` }}{{ range until 30 }}{{ $y = printf `%s\nb%d: &b%d [*a, *a]` $y . . | replace `*a` (ternary `*a` (printf `*b%d` (sub . 1)) (eq . 0)) }}{{ end }}{{ hasKey (fromYaml $y) `Error` }}",
                "true",
            ),
        ],
    );
    check_errors(
        "bombs",
        &[
            (
                "{{ $x := `aaaaaaaaaaaaaaaa` }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}",
                58,
                "the text is larger than 128 MiB",
            ),
            (
                &format!("{nested}{{{{ mustToJson $x }}}}"),
                75,
                "the text is larger than 128 MiB",
            ),
            (
                &format!("{nested}{{{{ deepCopy $x }}}}"),
                75,
                "the value is too large to be copied",
            ),
            (
                &format!("{dicts}{{{{ merge $x $y }}}}"),
                dicts.len() + 3,
                "the value is too large to be merged",
            ),
            (
                &format!("{dicts}{{{{ mergeOverwrite $x $y }}}}"),
                dicts.len() + 3,
                "the value is too large to be merged",
            ),
            (
                "{{ wrapWith 1 (repeat 1000000 `x`) (repeat 1000000 `y`) }}",
                3,
                "the text is larger than 64 MiB",
            ),
            (
                "{{ $x := list }}{{ range until 1000 }}{{ $x = append $x (until 1000000) }}{{ end }}",
                57,
                "the functions make more than 1024 MiB",
            ),
        ],
    );
}

#[test]
fn keys_of_their_own_have_4096_bits() {
    check(
        "keys",
        &[
            (
                "{{ $k := genPrivateKey `rsa` }}{{ and (gt (len $k) 3200) (lt (len $k) 3260) (hasPrefix `-----BEGIN RSA PRIVATE KEY-----` $k) }}",
                "true",
            ),
            ("{{ (genCA `a` 1).Key | len | lt 1700 }}", "false"),
        ],
    );
}

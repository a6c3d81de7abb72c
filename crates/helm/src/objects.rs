//! What templates see beside values: the chart, its files, the cluster's capabilities.

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kubescape_gotemplate::value::{Class, DICT, Element, LIST, NIL_STRING_MAP, Object, STRING_MAP, STRINGS};
use kubescape_gotemplate::{CallError, List, Map, Param, Text, Value};

use crate::chart::ChartFile;
use crate::glob::files_pattern;
use crate::go_yaml::{Flavor, to_yaml};
use crate::metadata::{Dependency, Metadata};
use crate::values::path_value;

type Result = std::result::Result<Value, CallError>;

/// The type of `.Values` and of the templates' argument.
pub(crate) static VALUES: Class = Class {
    name: "chartutil.Values",
    element: Element::Interface,
    methods: &[
        ("Table", &[Param::String], values_table),
        ("PathValue", &[Param::String], values_path),
        ("AsMap", &[], |values, _| {
            Ok(values
                .as_map()
                .map_or(Value::Nil, |map| Value::Map(map.as_class(&DICT))))
        }),
        // Nothing that a template can name is a writer.
        ("Encode", &[Param::Named("io.Writer")], |_, _| Ok(Value::Nil)),
        ("YAML", &[], |values, _| {
            to_yaml(values, Flavor::Sigs)
                .map(|text| format!("{text}\n").into())
                .map_err(CallError::new)
        }),
    ],
};

fn argument(arguments: &[Value]) -> std::result::Result<&Text, CallError> {
    match arguments {
        [Value::String(text)] => Ok(text),
        [other] => Err(CallError::new(format!(
            "wrong type for value; expected string; got {}",
            other.type_name()
        ))),
        _ => Err(CallError::new(format!("want 1 got {}", arguments.len()))),
    }
}

fn values_table(values: &Value, arguments: &[Value]) -> Result {
    let path = argument(arguments)?.to_str();
    match values.as_map().and_then(|map| path_value(map, &path)) {
        Some(Value::Map(map)) => Ok(Value::Map(map.as_class(&VALUES))),
        _ => Err(CallError::new(format!("{path:?} is not a table"))),
    }
}

fn values_path(values: &Value, arguments: &[Value]) -> Result {
    let path = argument(arguments)?.to_str();
    match values.as_map().and_then(|map| path_value(map, &path)) {
        Some(Value::Map(_)) | None => Err(CallError::new(format!("{path:?} is not a value"))),
        Some(value) => Ok(value),
    }
}

/// The type of `.Files`.
static FILES: Class = Class {
    name: "engine.files",
    element: Element::Bytes,
    methods: &[
        ("Get", &[Param::String], |files, arguments| {
            let name = argument(arguments)?;
            Ok(Value::String(content(files, name).unwrap_or_else(|| "".into())))
        }),
        ("GetBytes", &[Param::String], |files, arguments| {
            let name = argument(arguments)?;
            Ok(Value::Bytes(content(files, name).unwrap_or_else(|| "".into())))
        }),
        ("Glob", &[Param::String], files_glob),
        ("Lines", &[Param::String], files_lines),
        ("AsConfig", &[], |files, _| {
            Ok(as_data(files, |content| content.to_str().into_owned()))
        }),
        ("AsSecrets", &[], |files, _| {
            Ok(as_data(files, |content| STANDARD.encode(content.as_bytes())))
        }),
    ],
};

fn content(files: &Value, name: &Text) -> Option<Text> {
    match files.as_map()?.get(name)? {
        Value::Bytes(content) => Some(content),
        _ => None,
    }
}

fn files_glob(files: &Value, arguments: &[Value]) -> Result {
    let pattern = files_pattern(&argument(arguments)?.to_str());
    let found: BTreeMap<Text, Value> = files
        .as_map()
        .map(Map::entries)
        .unwrap_or_default()
        .into_iter()
        .filter(|(name, _)| {
            pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(&name.to_str()))
        })
        .collect();
    Ok(Value::Map(Map::with(&FILES, found)))
}

fn files_lines(files: &Value, arguments: &[Value]) -> Result {
    let Some(content) = content(files, argument(arguments)?) else {
        return Ok(Value::strings::<&str>([]));
    };
    let text = content.as_bytes();
    if text.is_empty() {
        return Err(CallError::new("runtime error: index out of range [-1]"));
    }
    Ok(Value::strings(
        text.strip_suffix(b"\n")
            .unwrap_or(text)
            .split(|byte| *byte == b'\n'),
    ))
}

fn as_data(files: &Value, encode: fn(&Text) -> String) -> Value {
    let data = Map::dict();
    for (name, value) in files.as_map().map(Map::entries).unwrap_or_default() {
        if let Value::Bytes(content) = value {
            let base = name.to_str().rsplit('/').next().unwrap_or_default().to_owned();
            data.insert(base, encode(&content).into());
        }
    }
    // What cannot be written, as control characters, gives nothing.
    to_yaml(&Value::Map(data), Flavor::Sigs)
        .unwrap_or_default()
        .into()
}

/// `.Files` of a chart.
pub(crate) fn files(files: &[ChartFile]) -> Value {
    let entries = files
        .iter()
        .map(|file| (Text::from(file.name.as_str()), Value::Bytes(file.data.clone())))
        .collect();
    Value::Map(Map::with(&FILES, entries))
}

/// A struct: its fields in order.
struct Struct {
    type_name: &'static str,
    fields: Vec<(&'static str, Value)>,
    /// Names in JSON, where they differ.
    json: Vec<(String, Value)>,
    text: Option<String>,
    methods: &'static [&'static str],
}

impl Object for Struct {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn is_pointer(&self) -> bool {
        self.type_name.starts_with('*')
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
            .or_else(|| match self.fields.first() {
                // The fields of an embedded struct are its own.
                Some(("Metadata", Value::Object(embedded))) => embedded.field(name),
                _ => None,
            })
    }

    fn params(&self, name: &str) -> Option<&'static [Param]> {
        self.methods.contains(&name).then_some(&[])
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Option<Result> {
        self.methods
            .contains(&name)
            .then(|| Ok(self.text.clone().unwrap_or_default().into()))
    }

    fn copied(&self) -> Option<Value> {
        (!self.methods.is_empty() && !self.is_pointer()).then(|| {
            Value::Object(Rc::new(Self {
                type_name: self.type_name,
                fields: self.fields.clone(),
                json: self.json.clone(),
                text: None,
                methods: &[],
            }))
        })
    }

    fn print(&self) -> String {
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|(_, value)| format!("{value:?}"))
            .collect();
        let reference = if self.is_pointer() { "&" } else { "" };
        format!("{reference}{{{}}}", fields.join(" "))
    }

    fn show(&self) -> String {
        // An action shows what a pointer points to.
        self.text
            .clone()
            .unwrap_or_else(|| self.print().trim_start_matches('&').to_owned())
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(self.fields.clone())
    }

    fn has_yaml_names(&self) -> bool {
        self.type_name == "*chart.Dependency"
    }

    fn json_fields(&self) -> Option<Vec<(String, Value)>> {
        Some(self.json.clone())
    }

    fn to_json(&self) -> Value {
        Value::dict(self.json.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `.Chart`.
pub(crate) fn chart(metadata: &Metadata, is_root: bool) -> Value {
    let text = |text: &str| Value::from(text);
    let annotations = match &metadata.annotations {
        None => Map::new(&NIL_STRING_MAP),
        Some(annotations) => {
            let entries = annotations.iter();
            let entries = entries.map(|(key, value)| (Text::from(key.as_str()), text(value)));
            Map::with(&STRING_MAP, entries.collect())
        }
    };
    let maintainers = metadata.maintainers.as_ref();
    let maintainers = maintainers.map(|list| list.iter().map(maintainer).collect());
    let dependencies: Vec<Value> = metadata.dependencies.iter().map(dependency).collect();
    let dependencies = (!dependencies.is_empty()).then_some(dependencies);
    let fields = vec![
        ("Name", text(&metadata.name)),
        ("Home", text(&metadata.home)),
        ("Sources", strings(metadata.sources.as_deref())),
        ("Version", text(&metadata.version)),
        ("Description", text(&metadata.description)),
        ("Keywords", strings(metadata.keywords.as_deref())),
        ("Maintainers", list(&MAINTAINERS, maintainers)),
        ("Icon", text(&metadata.icon)),
        ("APIVersion", text(&metadata.api_version)),
        ("Condition", text(&metadata.condition)),
        ("Tags", text(&metadata.tags)),
        ("AppVersion", text(&metadata.app_version)),
        ("Deprecated", Value::Bool(metadata.deprecated)),
        ("Annotations", Value::Map(annotations)),
        ("KubeVersion", text(&metadata.kube_version)),
        ("Dependencies", list(&DEPENDENCIES, dependencies)),
        ("Type", text(&metadata.kind)),
    ];
    let mut json = json_fields(&fields, |name| match name {
        "APIVersion" => "apiVersion".to_owned(),
        other => first_lower(other),
    });
    let embedded = Struct {
        type_name: "chart.Metadata",
        fields,
        json: json.clone(),
        text: None,
        methods: &[],
    };
    json.push(("IsRoot".to_owned(), Value::Bool(is_root)));
    Value::Object(Rc::new(Struct {
        type_name: "struct { chart.Metadata; IsRoot bool }",
        fields: vec![
            ("Metadata", Value::Object(Rc::new(embedded))),
            ("IsRoot", Value::Bool(is_root)),
        ],
        json,
        text: None,
        methods: &[],
    }))
}

static MAINTAINERS: Class = Class::plain("[]*chart.Maintainer", Element::Other);
static DEPENDENCIES: Class = Class::plain("[]*chart.Dependency", Element::Other);

/// A slice, or the nil slice.
fn list(class: &'static Class, items: Option<Vec<Value>>) -> Value {
    Value::List(items.map_or_else(|| List::nil(class), |items| List::new(class, items)))
}

fn strings(items: Option<&[String]>) -> Value {
    let items = items.map(|items| items.iter().map(|item| item.as_str().into()).collect());
    list(&STRINGS, items)
}

fn maintainer([name, email, url]: &[String; 3]) -> Value {
    let fields = vec![
        ("Name", Value::from(name.as_str())),
        ("Email", email.as_str().into()),
        ("URL", url.as_str().into()),
    ];
    let json = json_fields(&fields, str::to_ascii_lowercase);
    Value::Object(Rc::new(Struct {
        type_name: "*chart.Maintainer",
        fields,
        json,
        text: None,
        methods: &[],
    }))
}

/// The repository is written even when it is empty, before all but the name and version.
fn with_repository(mut json: Vec<(String, Value)>, repository: &str) -> Vec<(String, Value)> {
    if repository.is_empty() {
        let place = json
            .iter()
            .take_while(|(name, _)| matches!(name.as_str(), "name" | "version"))
            .count();
        json.insert(place, ("repository".to_owned(), "".into()));
    }
    json
}

fn dependency(dependency: &Dependency) -> Value {
    let import_values = dependency.import_values.as_ref().map(|imports| {
        let table = |(child, parent): (String, String)| {
            let entries = [("child", child), ("parent", parent)];
            let entries = entries.map(|(name, path)| (Text::from(name), path.into()));
            Value::Map(Map::with(&STRING_MAP, entries.into()))
        };
        imports
            .iter()
            .filter_map(Dependency::import_paths)
            .map(table)
            .collect()
    });
    let fields = vec![
        ("Name", Value::from(dependency.current_name())),
        ("Version", dependency.version.as_str().into()),
        ("Repository", dependency.repository.as_str().into()),
        ("Condition", dependency.condition.as_str().into()),
        ("Tags", strings(dependency.tags.as_deref())),
        ("Enabled", Value::Bool(dependency.enabled)),
        ("ImportValues", list(&LIST, import_values)),
        ("Alias", dependency.alias.as_str().into()),
    ];
    let json = json_fields(&fields, |name| match name {
        "ImportValues" => "import-values".to_owned(),
        other => first_lower(other),
    });
    let json = with_repository(json, &dependency.repository);
    Value::Object(Rc::new(Struct {
        type_name: "*chart.Dependency",
        fields,
        json,
        text: None,
        methods: &[],
    }))
}

fn first_lower(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(characters)
        .collect()
}

/// JSON leaves empty fields out.
fn json_fields(fields: &[(&'static str, Value)], name: impl Fn(&str) -> String) -> Vec<(String, Value)> {
    fields
        .iter()
        .filter(|(_, value)| value.is_true())
        .map(|(field, value)| (name(field), value.clone()))
        .collect()
}

/// The type of `.Capabilities.APIVersions`.
static VERSIONS: Class = Class {
    name: "chartutil.VersionSet",
    element: Element::String,
    methods: &[("Has", &[Param::String], |versions, arguments| {
        let wanted = argument(arguments)?;
        let has = versions
            .as_list()
            .is_some_and(|list| list.items().iter().any(|item| item.as_text() == Some(wanted)));
        Ok(Value::Bool(has))
    })],
};

/// The group versions that Helm assumes without a cluster.
const DEFAULT_VERSIONS: &str = "v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 \
admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2 \
authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 authorization.k8s.io/v1 \
authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 autoscaling/v2beta1 autoscaling/v2beta2 batch/v1 \
batch/v1beta1 certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1 \
coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 discovery.k8s.io/v1 \
discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1 \
flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 \
flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 networking.k8s.io/v1beta1 node.k8s.io/v1 \
node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1 rbac.authorization.k8s.io/v1 \
rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1 resource.k8s.io/v1beta2 \
resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1 \
scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 \
storagemigration.k8s.io/v1alpha1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1";

/// `.Capabilities` for a version of Kubernetes, as `(v1.34.0, 1, 34)`, and further group versions.
pub(crate) fn capabilities(version: &KubeVersion, api_versions: &[String]) -> Value {
    let kube_fields = vec![
        ("Version", Value::from(version.text.as_str())),
        ("Major", version.major.as_str().into()),
        ("Minor", version.minor.as_str().into()),
    ];
    let kube = Value::Object(Rc::new(Struct {
        type_name: "chartutil.KubeVersion",
        json: json_fields(&kube_fields, str::to_owned),
        fields: kube_fields,
        text: Some(version.text.clone()),
        methods: &["GitVersion", "String"],
    }));
    let versions: Vec<Value> = DEFAULT_VERSIONS
        .split_whitespace()
        .chain(api_versions.iter().map(String::as_str))
        .map(Value::from)
        .collect();
    let versions = Value::List(List::new(&VERSIONS, versions));
    let helm_fields = vec![
        ("Version", Value::from("v3.19")),
        ("GitCommit", "".into()),
        ("GitTreeState", "".into()),
        ("GoVersion", "go1.26.8".into()),
    ];
    let helm = Value::Object(Rc::new(Struct {
        type_name: "chartutil.BuildInfo",
        json: json_fields(&helm_fields, |name| {
            match name {
                "Version" => "version",
                "GitCommit" => "git_commit",
                "GitTreeState" => "git_tree_state",
                _ => "go_version",
            }
            .to_owned()
        }),
        fields: helm_fields,
        text: None,
        methods: &[],
    }));
    let fields = vec![
        ("KubeVersion", kube),
        ("APIVersions", versions),
        ("HelmVersion", helm),
    ];
    Value::Object(Rc::new(Struct {
        type_name: "*chartutil.Capabilities",
        json: json_fields(&fields, str::to_owned),
        fields,
        text: None,
        methods: &[],
    }))
}

/// A version of Kubernetes.
#[derive(Clone, Debug)]
pub(crate) struct KubeVersion {
    /// `v1.34.0`.
    pub text: String,
    major: String,
    minor: String,
}

impl KubeVersion {
    /// Reads `1.34`, `v1.34.0` and the like; what follows the numbers is dropped.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let numbers = text.trim_start_matches('v');
        let numbers = numbers.split(['-', '+']).next()?;
        let parts: Vec<&str> = numbers.split('.').collect();
        let all_digits = parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        match parts.as_slice() {
            [major, minor] | [major, minor, _] if all_digits => Some(Self {
                text: format!("v{numbers}"),
                major: (*major).to_owned(),
                minor: (*minor).to_owned(),
            }),
            _ => None,
        }
    }
}

//! Rendering a chart with its sub-charts.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use kubescape_gotemplate::{Engine, Limits, Map, Text, Value};
use kubescape_yaml::Node;

use crate::chart::Chart;
use crate::dependencies;
use crate::error::HelmError;
use crate::functions::functions;
use crate::ignore::Ignore;
use crate::manifest::{rank, split};
use crate::objects::{KubeVersion, VALUES, capabilities, chart as chart_object, files as files_object};
use crate::overrides::Overrides;
use crate::places::Places;
use crate::provenance::{Cleaned, LineOrigin, LineStarts, clean, line_origins};
use crate::schema;

/// Templates call each other; deep calls need a deep stack.
const STACK: usize = 1 << 30;

/// How a chart is rendered.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Name of the release.
    pub release_name: String,
    /// Namespace of the release. No object gets it by itself.
    pub namespace: String,
    /// Version of Kubernetes that is rendered for.
    pub kube_version: String,
    /// Group versions that the cluster offers beside Helm's defaults.
    pub api_versions: Vec<String>,
    /// Values of the user.
    pub overrides: Overrides,
    /// Whether `values.schema.json` is left aside.
    pub skip_schema: bool,
    /// How long rendering may take.
    pub time: Duration,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            release_name: "release-name".to_owned(),
            namespace: "default".to_owned(),
            kube_version: "1.34.0".to_owned(),
            api_versions: Vec::new(),
            overrides: Overrides::default(),
            skip_schema: false,
            time: Limits::default().time,
        }
    }
}

/// A rendered document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The template file, as `CHART/templates/x.yaml`.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// Whether it is a hook.
    pub is_hook: bool,
    /// Whether it lies in `crds/` and was not rendered at all.
    pub is_crd: bool,
    /// Where each line comes from; nothing for a definition, whose lines are those of its file.
    pub lines: Vec<LineOrigin>,
    /// Its value for readers of manifests (go-yaml 3, default limits), where it was read that way on the way.
    pub root: Option<Node>,
}

/// What a chart gives.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// Name of the chart.
    pub chart: String,
    /// Documents, in Helm's order: definitions, objects by kind, hooks.
    pub documents: Vec<Document>,
    /// Remarks.
    pub warnings: Vec<String>,
}

/// Renders the chart of a folder or archive as `helm template --include-crds` does.
pub fn render(path: &Path, options: &RenderOptions) -> Result<Rendered, HelmError> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .name("helm".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, || render_here(path, options))
            .map_err(|error| HelmError::Limit(format!("no thread to render with: {error}")))?;
        worker
            .join()
            .unwrap_or_else(|_| Err(HelmError::Limit("rendering failed inside".to_owned())))
    })
}

fn render_here(path: &Path, options: &RenderOptions) -> Result<Rendered, HelmError> {
    let place = path.display().to_string();
    let error = match Chart::load(path).and_then(|chart| render_chart(chart, &place, options)) {
        Ok(rendered) => return Ok(rendered),
        Err(error) => error,
    };
    let Ok(Some(chart)) = Chart::load_without_ignored(path) else {
        return Err(error);
    };
    let Ok(mut rendered) = render_chart(chart, &place, options) else {
        return Err(error);
    };
    rendered.warnings.push(left_out(&error));
    Ok(rendered)
}

fn left_out(error: &HelmError) -> String {
    format!("files that .helmignore names are left out, though the archive holds them: with them, {error}")
}

fn render_chart(mut chart: Chart, place: &str, options: &RenderOptions) -> Result<Rendered, HelmError> {
    let mut warnings = Vec::new();
    if chart.is_library() {
        return Err(HelmError::Library {
            chart: place.to_owned(),
        });
    }
    if chart.metadata.deprecated {
        warnings.push("this chart is deprecated".to_owned());
    }
    let version = KubeVersion::parse(&options.kube_version)
        .ok_or_else(|| HelmError::Values(format!("invalid kube version {:?}", options.kube_version)))?;
    if !chart.metadata.fits(&version.text) {
        return Err(HelmError::KubeVersion {
            wanted: chart.metadata.kube_version.clone(),
            version: version.text,
        });
    }
    dependencies::check_present(&chart, place)?;
    let given = options.overrides.values()?;
    dependencies::process(&mut chart, &given, &mut warnings)?;
    let values = dependencies::coalesce(&chart, &given, &mut warnings)?;
    if !options.skip_schema {
        schema::check(&chart, &values)?;
    }
    let mut set = TemplateSet {
        release: release(options),
        capabilities: capabilities(&version, &options.api_versions),
        templates: Vec::new(),
        places: Places::note(&chart),
        helmignore: chart.helmignore(),
    };
    set.add(&chart, &values, &chart.metadata.name.clone(), true);
    let mut rendered = set.render(options, &mut warnings)?;
    let mut documents = definitions(&chart, &chart.metadata.name.clone(), &Places::note(&chart));
    documents.append(&mut rendered);
    Ok(Rendered {
        chart: chart.metadata.name,
        documents,
        warnings,
    })
}

fn release(options: &RenderOptions) -> Value {
    Value::dict([
        ("Name", options.release_name.as_str().into()),
        ("Namespace", options.namespace.as_str().into()),
        ("IsUpgrade", Value::Bool(false)),
        ("IsInstall", Value::Bool(true)),
        ("Revision", Value::Int(1)),
        ("Service", "Helm".into()),
    ])
}

/// `.Template`.
fn template_object(name: &str, base_path: &str) -> Value {
    let object = Map::new(&VALUES);
    object.insert("Name", name.into());
    object.insert("BasePath", base_path.into());
    Value::Map(object)
}

struct Template {
    name: String,
    data: Text,
    context: Map,
    base_path: String,
}

struct TemplateSet {
    release: Value,
    capabilities: Value,
    templates: Vec<Template>,
    places: Places,
    /// What the archive of the chart need not hold.
    helmignore: String,
}

impl TemplateSet {
    /// Adds the templates of a chart and its sub-charts; gives the chart's context.
    fn add(&mut self, chart: &Chart, values: &Map, path: &str, is_root: bool) -> Map {
        let subcharts = Map::dict();
        let context = Map::new(&VALUES);
        context.insert("Chart", chart_object(&chart.metadata, is_root));
        context.insert("Files", files_object(&chart.files));
        context.insert("Release", self.release.clone());
        context.insert("Capabilities", self.capabilities.clone());
        context.insert("Values", Value::Map(values.as_class(&VALUES)));
        context.insert("Subcharts", Value::Map(subcharts.clone()));
        for subchart in &chart.subcharts {
            let name = subchart.metadata.name.as_str();
            let inner = match values.get(name) {
                Some(Value::Map(inner)) => inner,
                _ => Map::dict(),
            };
            let path = self.places.of(chart, path, subchart);
            let inner = self.add(subchart, &inner, &path, false);
            subcharts.insert(name, Value::Map(inner));
        }
        for template in &chart.templates {
            let base = template.name.rsplit('/').next().unwrap_or_default();
            if chart.is_library() && !base.starts_with('_') {
                continue;
            }
            self.templates.push(Template {
                name: format!("{path}/{}", template.name),
                data: template.data.clone(),
                context: context.clone(),
                base_path: format!("{path}/templates"),
            });
        }
        context
    }

    fn render(
        mut self,
        options: &RenderOptions,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Document>, HelmError> {
        // Deepest first, then by name, both backwards: a parent's definitions replace those of its sub-charts.
        let depth = |template: &Template| template.name.matches('/').count();
        self.templates.sort_by(|left, right| {
            depth(right)
                .cmp(&depth(left))
                .then_with(|| right.name.cmp(&left.name))
        });
        // Copies of one chart have the sub-charts that it does not declare in common: the last copy's are rendered.
        self.templates.dedup_by(|later, earlier| {
            let is_same = later.name == earlier.name;
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        let limits = Limits {
            time: options.time,
            ..Limits::default()
        };
        let engine = Engine::new(functions(), limits);
        for template in &self.templates {
            engine
                .parse(&template.name, &template.data.to_str())
                .map_err(HelmError::Parse)?;
        }
        let mut files: Vec<(&str, Cleaned)> = Vec::new();
        for template in &self.templates {
            let base = template.name.rsplit('/').next().unwrap_or_default();
            if base.starts_with('_') {
                continue;
            }
            template
                .context
                .insert("Template", template_object(&template.name, &template.base_path));
            let output = engine
                .render(&template.name, &Value::Map(template.context.clone()))
                .map_err(HelmError::Render)?;
            if template.name.ends_with("NOTES.txt") {
                continue;
            }
            let was_text = std::str::from_utf8(template.data.as_bytes()).is_ok();
            let is_text = std::str::from_utf8(&output.text).is_ok();
            let cleaned = clean(output.text, output.marks);
            if !is_text || !was_text && cleaned.text.contains(char::REPLACEMENT_CHARACTER) {
                return Err(HelmError::Manifest {
                    file: template.name.clone(),
                    message: if was_text {
                        "its text holds bytes that are no UTF-8: a value is cut within a letter or no text at all"
                    } else {
                        "it holds bytes that are no UTF-8; save the file as UTF-8"
                    }
                    .to_owned(),
                });
            }
            files.push((&template.name, cleaned));
        }
        files.sort_by(|left, right| left.0.cmp(right.0));
        let starts: HashMap<Arc<str>, LineStarts> = self
            .templates
            .iter()
            .map(|template| {
                (
                    template.name.as_str().into(),
                    LineStarts::of(template.data.clone()),
                )
            })
            .collect();
        let mut remarks = Vec::new();
        let error = match documents(&files, &starts, &mut remarks) {
            Err(error @ HelmError::Manifest { .. }) => error,
            result => {
                warnings.append(&mut remarks);
                return result;
            }
        };
        // What a folder would leave out is most often no manifest at all. To render all else anew would give the same.
        let count = files.len();
        let ignore = Ignore::parse(&self.helmignore).unwrap_or_default();
        files.retain(|(name, _)| {
            name.split_once('/')
                .is_none_or(|(_, path)| !ignore.excludes_file(path))
        });
        if files.len() == count {
            return Err(error);
        }
        warnings.push(left_out(&error));
        documents(&files, &starts, warnings)
    }
}

fn documents(
    files: &[(&str, Cleaned)],
    starts: &HashMap<Arc<str>, LineStarts>,
    warnings: &mut Vec<String>,
) -> Result<Vec<Document>, HelmError> {
    let mut found = Vec::new();
    for (name, cleaned) in files {
        for piece in split(name, &cleaned.text, warnings)? {
            let document = Document {
                file: (*name).to_owned(),
                text: cleaned.text.get(piece.range.clone()).unwrap_or_default().into(),
                is_hook: piece.is_hook,
                is_crd: false,
                lines: line_origins(cleaned, piece.range, starts),
                root: piece.root,
            };
            found.push(((piece.is_hook, rank(&piece.kind)), document));
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(found.into_iter().map(|(_, document)| document).collect())
}

/// The files of `crds/`, as they are.
fn definitions(chart: &Chart, path: &str, places: &Places) -> Vec<Document> {
    let mut found: Vec<Document> = chart
        .files
        .iter()
        .filter(|file| {
            file.name.starts_with("crds/")
                && [".yaml", ".yml", ".json"]
                    .iter()
                    .any(|end| file.name.ends_with(end))
        })
        .map(|file| Document {
            file: format!("{path}/{}", file.name),
            text: file.data.to_str().into(),
            is_hook: false,
            is_crd: true,
            lines: Vec::new(),
            root: None,
        })
        .collect();
    for subchart in &chart.subcharts {
        found.extend(definitions(subchart, &places.of(chart, path, subchart), places));
    }
    found
}

/// Renders one text as a template of a chart, for tests of functions: what the file gives, before it is split.
pub fn render_snippet(
    path: &Path,
    name: &str,
    text: &str,
    options: &RenderOptions,
) -> Result<String, HelmError> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || snippet_here(path, name, text, options))
            .map_err(|error| HelmError::Limit(error.to_string()))?;
        worker
            .join()
            .unwrap_or_else(|_| Err(HelmError::Limit("rendering failed inside".to_owned())))
    })
}

fn snippet_here(path: &Path, name: &str, text: &str, options: &RenderOptions) -> Result<String, HelmError> {
    let mut chart = Chart::load(path)?;
    chart.templates.push(crate::chart::ChartFile {
        name: name.to_owned(),
        data: text.into(),
    });
    let mut warnings = Vec::new();
    let values = dependencies::coalesce(&chart, &options.overrides.values()?, &mut warnings)?;
    let version = KubeVersion::parse(&options.kube_version)
        .ok_or_else(|| HelmError::Values(format!("invalid kube version {:?}", options.kube_version)))?;
    let mut set = TemplateSet {
        release: release(options),
        capabilities: capabilities(&version, &options.api_versions),
        templates: Vec::new(),
        places: Places::note(&chart),
        helmignore: String::new(),
    };
    let chart_name = chart.metadata.name.clone();
    let context = set.add(&chart, &values, &chart_name, true);
    let engine = Rc::new(Engine::new(functions(), Limits::default()));
    set.templates.sort_by(|left, right| right.name.cmp(&left.name));
    for template in &set.templates {
        engine
            .parse(&template.name, &template.data.to_str())
            .map_err(HelmError::Parse)?;
    }
    let full = format!("{chart_name}/{name}");
    context.insert(
        "Template",
        template_object(&full, &format!("{chart_name}/templates")),
    );
    let output = engine
        .render(&full, &Value::Map(context))
        .map_err(HelmError::Render)?;
    Ok(clean(output.text, output.marks).text)
}

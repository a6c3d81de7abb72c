//! Fills a test cluster from rendered manifests: so many namespaces, each with a share of the manifests, and a pod for
//! each workload, as controllers would have made it.
//!
//! `cargo run -p kubescape-cluster --example load -- KUBECONFIG NAMESPACES FOLDER`

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a tool for tests"
)]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use futures::StreamExt;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use kubescape_model::GroupVersionKind;
use kubescape_yaml::{JsonStyle, Limits, Mapping, Node, Profile, Value, load_manifests, write_json};
use serde_json::Value as Json;

/// Files of manifests that a namespace gets.
const FILES_EACH: usize = 8;
/// Pods of a workload.
const REPLICAS: usize = 2;
/// Requests under way at once.
const PARALLEL: usize = 16;

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kubeconfig, namespaces, folder] = arguments.as_slice() else {
        return Err("arguments: KUBECONFIG NAMESPACES FOLDER".into());
    };
    let files = manifests(Path::new(folder))?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(load(kubeconfig, namespaces.parse()?, &files))
}

/// The objects of each file below a folder.
fn manifests(folder: &Path) -> Result<Vec<Vec<Node>>, Error> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, Error>>()?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
    {
        let text = std::fs::read_to_string(path)?;
        let objects = load_manifests(&text, Profile::SigsYaml, &Limits::default());
        files.push(
            objects
                .into_iter()
                .filter_map(|manifest| manifest.root.ok())
                .filter(|root| root.get("kind").is_some())
                .collect(),
        );
    }
    Ok(files)
}

/// Path of the list of each kind, and whether it is namespaced.
type Kinds = HashMap<GroupVersionKind, (String, bool)>;

async fn load(kubeconfig: &str, namespaces: usize, files: &[Vec<Node>]) -> Result<(), Error> {
    let config =
        Config::from_custom_kubeconfig(Kubeconfig::read_from(kubeconfig)?, &KubeConfigOptions::default())
            .await?;
    let client = Client::try_from(config)?;
    let definitions = files
        .iter()
        .flatten()
        .filter(|object| kind(object).kind == "CustomResourceDefinition");
    let kinds = kinds(&client).await?;
    let mut first: Vec<(String, Node)> = Vec::new();
    for definition in definitions {
        first.extend(placed(&kinds, definition.clone()));
    }
    let mut spaces = Vec::new();
    let mut objects = Vec::new();
    for index in 0..namespaces {
        let name = format!("space-{index:03}");
        spaces.extend(placed(&kinds, namespace(&name)));
        for offset in 0..FILES_EACH {
            let file = files
                .get((index * FILES_EACH + offset) % files.len().max(1))
                .into_iter()
                .flatten();
            for object in file.filter(|object| kind(object).kind != "CustomResourceDefinition") {
                for object in copies(object, &name, index, &kinds) {
                    objects.extend(placed(&kinds, object));
                }
            }
        }
    }
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for batch in [first, spaces, objects] {
        for (outcome, count) in create(&client, batch).await {
            *made.entry(outcome).or_default() += count;
        }
    }
    for (outcome, count) in made {
        println!("{count:6} {outcome}");
    }
    Ok(())
}

async fn kinds(client: &Client) -> Result<Kinds, Error> {
    let mut kinds = Kinds::new();
    for list in [
        client.list_core_api_versions_aggregated().await?,
        client.list_api_groups_aggregated().await?,
    ] {
        for group in list.items {
            let name = group
                .metadata
                .and_then(|metadata| metadata.name)
                .unwrap_or_default();
            for version in group.versions {
                let version_name = version.version.unwrap_or_default();
                let root = match name.as_str() {
                    "" => format!("/api/{version_name}"),
                    group => format!("/apis/{group}/{version_name}"),
                };
                for resource in version.resources {
                    let (Some(kind), Some(plural)) = (
                        resource.response_kind.and_then(|kind| kind.kind),
                        resource.resource,
                    ) else {
                        continue;
                    };
                    let namespaced = resource.scope.as_deref() == Some("Namespaced");
                    let place = if namespaced {
                        format!("{root}/namespaces/NAMESPACE/{plural}")
                    } else {
                        format!("{root}/{plural}")
                    };
                    kinds.insert(
                        GroupVersionKind {
                            group: name.clone(),
                            version: version_name.clone(),
                            kind,
                        },
                        (place, namespaced),
                    );
                }
            }
        }
    }
    Ok(kinds)
}

/// The path to post an object to; nothing for kinds that the server lacks.
fn placed(kinds: &Kinds, object: Node) -> Option<(String, Node)> {
    let (path, _) = kinds.get(&kind(&object))?;
    let namespace = object
        .at("metadata.namespace")
        .and_then(Node::as_str)
        .unwrap_or("default");
    Some((path.replace("NAMESPACE", namespace), object))
}

fn kind(object: &Node) -> GroupVersionKind {
    GroupVersionKind::of(object)
}

fn namespace(name: &str) -> Node {
    map([
        ("apiVersion", Node::string("v1")),
        ("kind", Node::string("Namespace")),
        ("metadata", map([("name", Node::string(name))])),
    ])
}

fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    let mut map = Mapping::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    Node::new(Value::Mapping(map))
}

/// The object in its namespace, or with a name of its own in the cluster; and a pod when it is a workload.
fn copies(object: &Node, space: &str, index: usize, kinds: &Kinds) -> Vec<Node> {
    let mut copy = object.clone();
    let namespaced = kinds
        .get(&kind(object))
        .is_some_and(|(_, namespaced)| *namespaced);
    let name = object
        .at("metadata.name")
        .and_then(Node::as_str)
        .unwrap_or_default();
    let own_name = if namespaced {
        name.to_owned()
    } else {
        format!("{name}-{index}")
    };
    if let Some(metadata) = copy
        .as_mapping_mut()
        .and_then(|map| map.get_mut("metadata"))
        .and_then(Node::as_mapping_mut)
    {
        metadata.insert("name", Node::string(own_name));
        match namespaced {
            true => metadata.insert("namespace", Node::string(space)),
            false => drop(metadata.remove("namespace")),
        }
    }
    if kind(object).kind.ends_with("Binding") {
        bind(&mut copy, space, index);
    }
    strip_node_ports(&mut copy);
    let pods = (0..REPLICAS).filter_map(|replica| pod(object, &format!("{name}-{replica}"), space));
    std::iter::once(copy).chain(pods).collect()
}

/// Bindings refer to the copies.
fn bind(binding: &mut Node, space: &str, index: usize) {
    let Some(map) = binding.as_mapping_mut() else {
        return;
    };
    if let Some(role) = map.get_mut("roleRef").and_then(Node::as_mapping_mut)
        && role.get("kind").and_then(Node::as_str) == Some("ClusterRole")
        && let Some(name) = role.get("name").and_then(Node::as_str).map(ToOwned::to_owned)
    {
        role.insert("name", Node::string(format!("{name}-{index}")));
    }
    if let Some(Value::Sequence(subjects)) = map.get_mut("subjects").map(|subjects| &mut subjects.value) {
        for subject in subjects.iter_mut().filter_map(Node::as_mapping_mut) {
            if subject.get("kind").and_then(Node::as_str) == Some("ServiceAccount") {
                subject.insert("namespace", Node::string(space));
            }
        }
    }
}

/// Two services cannot have the same port of a node.
fn strip_node_ports(service: &mut Node) {
    if kind(service).kind != "Service" {
        return;
    }
    let spec = service
        .as_mapping_mut()
        .and_then(|map| map.get_mut("spec"))
        .and_then(Node::as_mapping_mut);
    if let Some(Value::Sequence(ports)) = spec
        .and_then(|spec| spec.get_mut("ports"))
        .map(|ports| &mut ports.value)
    {
        for port in ports.iter_mut().filter_map(Node::as_mapping_mut) {
            port.remove("nodePort");
        }
    }
}

/// A pod that the workload's controller would have made.
fn pod(workload: &Node, name: &str, space: &str) -> Option<Node> {
    let template = workload.at("spec.template")?;
    let owner = map([
        ("apiVersion", Node::string("apps/v1")),
        ("kind", Node::string("ReplicaSet")),
        ("name", Node::string(name)),
        ("uid", Node::string("00000000-0000-0000-0000-000000000000")),
        ("controller", Node::new(Value::Bool(true))),
    ]);
    let mut metadata = map([
        ("name", Node::string(name)),
        ("namespace", Node::string(space)),
        ("ownerReferences", Node::new(Value::Sequence(vec![owner]))),
    ]);
    if let (Some(labels), Some(metadata)) = (template.at("metadata.labels"), metadata.as_mapping_mut()) {
        metadata.insert("labels", labels.clone());
    }
    Some(map([
        ("apiVersion", Node::string("v1")),
        ("kind", Node::string("Pod")),
        ("metadata", metadata),
        ("spec", with_claims(template.get("spec")?.clone(), workload)),
    ]))
}

/// The pod spec with a volume for each claim that a stateful set makes.
fn with_claims(mut spec: Node, workload: &Node) -> Node {
    let claims = workload
        .at("spec.volumeClaimTemplates")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    let volumes = claims
        .iter()
        .filter_map(|claim| claim.at("metadata.name"))
        .map(|name| map([("name", name.clone()), ("emptyDir", map([]))]));
    if let Some(map) = spec.as_mapping_mut() {
        let mut all = map
            .get("volumes")
            .and_then(Node::as_sequence)
            .unwrap_or_default()
            .to_vec();
        all.extend(volumes);
        map.insert("volumes", Node::new(Value::Sequence(all)));
        map.remove("priorityClassName");
    }
    spec
}

/// Posts the objects; what became of how many.
async fn create(client: &Client, objects: Vec<(String, Node)>) -> BTreeMap<String, usize> {
    let client = Arc::new(client.clone());
    let outcomes: Vec<String> = futures::stream::iter(objects)
        .map(|(path, object)| {
            let client = Arc::clone(&client);
            async move {
                let mut json = String::new();
                write_json(&object, JsonStyle::default(), &mut json);
                let request = http::Request::post(&path)
                    .header("Content-Type", "application/json")
                    .body(json.into_bytes());
                let Ok(request) = request else {
                    return format!("bad path {path}");
                };
                match client.request::<Json>(request).await {
                    Ok(_) => kind(&object).kind,
                    Err(kube::Error::Api(status)) if status.code == 409 => "were there already".to_owned(),
                    Err(error) => format!(
                        "refused: {}",
                        error.to_string().chars().take(160).collect::<String>()
                    ),
                }
            }
        })
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome).or_default() += 1;
    }
    counts
}

//! Listing the kinds of a plan: all at once, or namespace by namespace ahead of whoever judges them.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use kubescape_model::{GroupVersionKind, KindPattern, Resource, ResourceFilter};
use kubescape_yaml::Node;
use tokio::sync::mpsc;

use crate::discovery::Served;
use crate::host_data;
use crate::journal::Journal;
use crate::list::{PAGE, Query, first_page, list};
use crate::objects::Owners;
use crate::plan::Plan;
use crate::request::Requests;
use crate::stream::{Batch, Batches, ListSettings, Streaming};

/// Namespaces that are fetched at the same time.
const NAMESPACES_AHEAD: usize = 4;

/// What a plan gives: residents, batches, and what could not be listed.
pub(crate) type Opened = (Vec<Resource>, Batches, Arc<Journal>);

impl Plan {
    /// Lists what concerns every batch, and starts on the batches.
    pub(crate) async fn open(self, requests: &Arc<Requests>, settings: &ListSettings) -> Opened {
        let journal = Arc::new(Journal::new(self.failures));
        let exists = |pattern: &KindPattern| self.kinds.iter().any(|served| pattern.matches(&served.kind));
        let is_across =
            |kind: &GroupVersionKind| settings.across.iter().any(|join| join.asks_for(kind, &exists));
        let joins_namespaces = is_across(&namespace_kind());
        let (resident, spread): (Vec<Served>, Vec<Served>) = self
            .kinds
            .iter()
            .cloned()
            .partition(|served| !served.namespaced || is_across(&served.kind));
        let lister = Lister {
            requests: Arc::clone(requests),
            journal: Arc::clone(&journal),
            filter: settings.filter.clone(),
            labels: settings.labels.clone(),
            batch_objects: settings.batch_objects.max(1),
        };
        let (residents, hosts, spread) = futures::join!(
            lister.everywhere(&resident),
            lister.hosts(&self.hosts),
            lister.spread(spread, settings.streaming)
        );
        let mut owners = Owners::default();
        let mut residents: Vec<Resource> = lister.admit(residents, &mut owners).collect();
        residents.extend(hosts);
        match spread {
            Spread::Small(objects) => {
                residents.extend(lister.admit(objects, &mut owners));
                (Vec::new(), Batches::One(residents), journal)
            }
            Spread::Large { heavy, light } => {
                let names = lister.namespaces(&residents, &light).await;
                let mut at_hand = at_hand(light);
                if !joins_namespaces {
                    // A namespace is judged together with what is in it.
                    for namespace in residents.extract_if(.., |resource| is_namespace(resource)) {
                        at_hand
                            .entry(namespace.name.to_string())
                            .or_default()
                            .own
                            .push(namespace);
                    }
                }
                let (sender, batches) = mpsc::channel(1);
                tokio::spawn(lister.produce(names, heavy, at_hand, sender));
                (residents, Batches::Many(batches), journal)
            }
        }
    }
}

/// Objects of namespaces.
enum Spread {
    /// All of them.
    Small(Vec<Node>),
    /// Too many to hold at once.
    Large {
        /// Kinds to list in each namespace.
        heavy: Vec<Served>,
        /// Objects of kinds that a single page holds.
        light: Vec<Node>,
    },
}

/// What is known of a namespace before its turn.
#[derive(Default)]
struct AtHand {
    /// Its own object.
    own: Vec<Resource>,
    /// Objects of the kinds that were listed at once.
    objects: Vec<Node>,
}

fn at_hand(light: Vec<Node>) -> BTreeMap<String, AtHand> {
    let mut by_namespace: BTreeMap<String, AtHand> = BTreeMap::new();
    for object in light {
        let namespace = text(&object, "metadata.namespace");
        by_namespace.entry(namespace).or_default().objects.push(object);
    }
    by_namespace
}

struct Lister {
    requests: Arc<Requests>,
    journal: Arc<Journal>,
    filter: ResourceFilter,
    labels: String,
    batch_objects: usize,
}

impl Lister {
    fn query<'a>(&'a self, served: &'a Served, namespace: Option<&'a str>) -> Query<'a> {
        Query {
            served,
            namespace,
            labels: &self.labels,
        }
    }

    /// Objects that the filters and their owners leave.
    fn admit<'a>(
        &'a self,
        objects: Vec<Node>,
        owners: &'a mut Owners,
    ) -> impl Iterator<Item = Resource> + 'a {
        objects
            .into_iter()
            .filter_map(|object| owners.admit(object))
            .filter(|resource| match is_namespace(resource) {
                true => self.filter.namespaces.keeps_name(&resource.name),
                false => self.filter.namespaces.keeps(resource),
            })
    }

    /// Whole lists of kinds, over all namespaces that the user asked for.
    async fn everywhere(&self, kinds: &[Served]) -> Vec<Node> {
        let lists = kinds.iter().map(|served| async move {
            let included = &self.filter.namespaces.include;
            if !served.namespaced || included.is_empty() {
                let answer = list(&self.requests, self.query(served, None)).await;
                return self.journal.note(served, None, answer);
            }
            let mut objects = Vec::new();
            for namespace in included {
                objects.extend(self.of_namespace(served, namespace).await);
            }
            objects
        });
        join_all(lists).await.into_iter().flatten().collect()
    }

    async fn of_namespace(&self, served: &Served, namespace: &str) -> Vec<Node> {
        let answer = list(&self.requests, self.query(served, Some(namespace))).await;
        self.journal.note(served, Some(namespace), answer)
    }

    async fn hosts(&self, kinds: &[(Served, GroupVersionKind)]) -> Vec<Resource> {
        let lists = kinds.iter().map(|(served, kind)| async move {
            let answer = list(&self.requests, self.query(served, None)).await;
            let objects = self.journal.note(served, None, answer);
            objects
                .iter()
                .map(|object| host_data::resource(object, kind))
                .collect::<Vec<_>>()
        });
        join_all(lists).await.into_iter().flatten().collect()
    }

    /// Objects of namespaces: all, or those of the kinds that a page holds when there are too many.
    async fn spread(&self, kinds: Vec<Served>, streaming: Streaming) -> Spread {
        if streaming == Streaming::Never {
            return Spread::Small(self.everywhere(&kinds).await);
        }
        if !self.filter.namespaces.include.is_empty() {
            return Spread::Large {
                heavy: kinds,
                light: Vec::new(),
            };
        }
        let pages = join_all(kinds.iter().map(|served| async {
            let answer = first_page(&self.requests, self.query(served, None), PAGE).await;
            self.journal.note(served, None, answer.map(Some))
        }))
        .await;
        let (mut heavy, mut light, mut total) = (Vec::new(), Vec::new(), 0);
        for (served, page) in kinds.into_iter().zip(pages) {
            let Some(page) = page else { continue };
            total += page.objects.len() + page.remaining;
            if page.is_last() {
                light.extend(page.objects);
            } else {
                // With a label selector the server does not count.
                total += usize::from(page.remaining == 0) * PAGE;
                heavy.push(served);
            }
        }
        match streaming {
            Streaming::Above(limit) if total <= limit => {
                light.extend(self.everywhere(&heavy).await);
                Spread::Small(light)
            }
            _ => Spread::Large { heavy, light },
        }
    }

    /// The names of all namespaces, sorted.
    async fn namespaces(&self, residents: &[Resource], light: &[Node]) -> Vec<String> {
        let mut names: Vec<String> = self.filter.namespaces.include.clone();
        if names.is_empty() {
            names = residents
                .iter()
                .filter(|resource| is_namespace(resource))
                .map(|resource| resource.name.to_string())
                .collect();
        }
        if names.is_empty() {
            let served = Served {
                kind: namespace_kind(),
                plural: "namespaces".to_owned(),
                namespaced: false,
            };
            let query = Query {
                labels: "",
                ..self.query(&served, None)
            };
            let answer = list(&self.requests, query).await;
            let objects = self.journal.note(&served, None, answer);
            names.extend(objects.iter().map(|object| text(object, "metadata.name")));
        }
        names.extend(light.iter().map(|object| text(object, "metadata.namespace")));
        names.retain(|name| !name.is_empty() && self.filter.namespaces.keeps_name(name));
        names.sort();
        names.dedup();
        names
    }

    /// Sends batch after batch; ends early when nobody wants more.
    async fn produce(
        self,
        namespaces: Vec<String>,
        heavy: Vec<Served>,
        mut at_hand: BTreeMap<String, AtHand>,
        batches: mpsc::Sender<Batch>,
    ) {
        let (lister, heavy) = (&self, &heavy);
        let mut fetched = futures::stream::iter(namespaces)
            .map(|namespace| async move {
                let lists = heavy.iter().map(|served| lister.of_namespace(served, &namespace));
                let objects: Vec<Node> = join_all(lists).await.into_iter().flatten().collect();
                (namespace.clone(), objects)
            })
            .buffered(NAMESPACES_AHEAD);
        let mut owners = Owners::default();
        let mut batch = Batch::default();
        while let Some((namespace, objects)) = fetched.next().await {
            let known = at_hand.remove(&namespace).unwrap_or_default();
            batch.resources.extend(known.own);
            let objects = known.objects.into_iter().chain(objects).collect();
            batch.resources.extend(lister.admit(objects, &mut owners));
            batch.namespaces.insert(namespace);
            if batch.resources.len() >= lister.batch_objects
                && batches.send(std::mem::take(&mut batch)).await.is_err()
            {
                return;
            }
        }
        if !batch.namespaces.is_empty() {
            // Nobody to receive it means that nobody wants it.
            let _ = batches.send(batch).await;
        }
    }
}

fn namespace_kind() -> GroupVersionKind {
    GroupVersionKind::new("v1", "Namespace")
}

fn is_namespace(resource: &Resource) -> bool {
    *resource.kind == namespace_kind()
}

fn text(object: &Node, path: &str) -> String {
    object
        .at(path)
        .and_then(Node::as_str)
        .unwrap_or_default()
        .to_owned()
}

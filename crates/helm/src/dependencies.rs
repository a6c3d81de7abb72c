//! Which sub-charts are rendered, and what values flow between them and their parents.

use std::collections::BTreeMap;

use kubescape_gotemplate::{Map, Value};

use crate::chart::{Chart, DefaultValues};
use crate::error::HelmError;
use crate::metadata::Dependency;
use crate::values::{Nulls, coalesce_tables, copy, path_value};

/// Every declared sub-chart must lie in `charts/`.
pub(crate) fn check_present(chart: &Chart, place: &str) -> Result<(), HelmError> {
    let missing: Vec<&str> = chart
        .metadata
        .dependencies
        .iter()
        .filter(|dependency| {
            !chart
                .subcharts
                .iter()
                .any(|subchart| subchart.metadata.name == dependency.name)
        })
        .map(|dependency| dependency.name.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(HelmError::MissingDependencies {
        chart: place.to_owned(),
        missing: missing.join(", "),
    })
}

/// Removes sub-charts that the values switch off, gives the others their aliases, and imports their values.
pub(crate) fn process(chart: &mut Chart, values: &Map, warnings: &mut Vec<String>) -> Result<(), HelmError> {
    let mut copies = Copies::default();
    settle(chart, chart.metadata.name.clone());
    enable(chart, values, "", &mut copies, warnings)?;
    import_values(chart, warnings)
}

/// Notes where each chart lies, before aliases rename them.
fn settle(chart: &mut Chart, home: String) {
    for subchart in &mut chart.subcharts {
        settle(subchart, format!("{home}/charts/{}", subchart.metadata.name));
    }
    chart.home = home;
}

/// Bytes that copies of sub-charts may have: aliases of charts with aliases multiply.
const MAX_COPIES: usize = 512 << 20;
/// What the smallest chart counts.
const LEAST_COPY: usize = 64 << 10;

/// Counts the copies of sub-charts that declarations make.
#[derive(Default)]
struct Copies(usize);

impl Copies {
    fn take(&mut self, chart: &Chart) -> Result<Chart, HelmError> {
        self.0 = self.0.saturating_add(chart.bytes().max(LEAST_COPY));
        if self.0 > MAX_COPIES {
            return Err(HelmError::Limit(format!(
                "the dependencies ask for more than {} MiB of copies of sub-charts, last of {}",
                MAX_COPIES >> 20,
                chart.metadata.name
            )));
        }
        Ok(chart.clone())
    }
}

/// `values`: the root's, over which each chart on the way down has laid its own defaults as well, as if it were the root.
fn enable(
    chart: &mut Chart,
    values: &Map,
    prefix: &str,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Result<(), HelmError> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    choose(chart, copies)?;
    for dependency in &mut chart.metadata.dependencies {
        dependency.enabled = true;
    }
    let view = if prefix.is_empty() {
        coalesce(chart, values, warnings)?
    } else {
        coalesce(chart, values, &mut Vec::new())?
    };
    for dependency in &mut chart.metadata.dependencies {
        if let Some(enabled) = by_tags(dependency.tags.as_deref().unwrap_or_default(), &view) {
            dependency.enabled = enabled;
        }
        if let Some(enabled) = by_condition(&dependency.condition, prefix, &view, warnings) {
            dependency.enabled = enabled;
        }
    }
    let disabled: Vec<String> = chart
        .metadata
        .dependencies
        .iter()
        .filter(|dependency| !dependency.enabled)
        .map(|dependency| dependency.current_name().to_owned())
        .collect();
    chart
        .subcharts
        .retain(|subchart| !disabled.contains(&subchart.metadata.name));
    chart
        .metadata
        .dependencies
        .retain(|dependency| dependency.enabled);
    for subchart in &mut chart.subcharts {
        let prefix = format!("{prefix}{}.", subchart.metadata.name);
        enable(subchart, &view, &prefix, copies, warnings)?;
    }
    Ok(())
}

/// Undeclared sub-charts stay; each declaration takes the first sub-chart of its name and range.
fn choose(chart: &mut Chart, copies: &mut Copies) -> Result<(), HelmError> {
    let loaded = std::mem::take(&mut chart.subcharts);
    let dependencies = &mut chart.metadata.dependencies;
    let fits = |dependency: &Dependency, subchart: &Chart| {
        dependency.current_name() == subchart.metadata.name && dependency.accepts(&subchart.metadata.version)
    };
    let places: Vec<Option<usize>> = dependencies
        .iter()
        .map(|dependency| loaded.iter().position(|subchart| fits(dependency, subchart)))
        .collect();
    let is_declared: Vec<bool> = loaded
        .iter()
        .map(|subchart| dependencies.iter().any(|dependency| fits(dependency, subchart)))
        .collect();
    let (mut declared, mut chosen) = (BTreeMap::new(), Vec::new());
    for (place, (subchart, is_declared)) in loaded.into_iter().zip(is_declared).enumerate() {
        if is_declared {
            declared.insert(place, subchart);
        } else {
            chosen.push(subchart);
        }
    }
    for (index, (dependency, place)) in dependencies.iter_mut().zip(&places).enumerate() {
        dependency.rename();
        let Some(place) = place else { continue };
        let is_last = !places
            .iter()
            .skip(index + 1)
            .any(|later| later.as_ref() == Some(place));
        let found = if is_last {
            declared.remove(place)
        } else {
            declared.get(place).map(|found| copies.take(found)).transpose()?
        };
        if let Some(mut subchart) = found {
            subchart.is_copy = true;
            subchart.keeps_home = subchart.metadata.dependencies.is_empty();
            if !dependency.alias.is_empty() {
                subchart.metadata.name.clone_from(&dependency.alias);
            }
            chosen.push(subchart);
        }
    }
    chart.subcharts = chosen;
    Ok(())
}

/// Any tag that is on switches on; otherwise one that is off switches off.
fn by_tags(tags: &[String], view: &Map) -> Option<bool> {
    let table = view.get("tags")?;
    let table = table.as_map()?;
    let set: Vec<bool> = tags
        .iter()
        .filter_map(|tag| match table.get(tag.as_str()) {
            Some(Value::Bool(flag)) => Some(flag),
            _ => None,
        })
        .collect();
    if set.is_empty() {
        return None;
    }
    Some(set.contains(&true))
}

/// The first key of the list that is set decides.
fn by_condition(condition: &str, prefix: &str, view: &Map, warnings: &mut Vec<String>) -> Option<bool> {
    for path in condition
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
    {
        match path_value(view, &format!("{prefix}{path}")) {
            Some(Value::Bool(flag)) => return Some(flag),
            Some(Value::Nil) | None => {}
            Some(_) => warnings.push(format!(
                "condition path {path:?} returned a value that is no boolean"
            )),
        }
    }
    None
}

/// What each chart takes from the values of its sub-charts. Its own values win.
fn import_values(chart: &mut Chart, warnings: &mut Vec<String>) -> Result<(), HelmError> {
    for subchart in &mut chart.subcharts {
        import_values(subchart, warnings)?;
    }
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    let view = merged_defaults(chart, warnings)?;
    let imported = Map::dict();
    for dependency in &chart.metadata.dependencies {
        for import in dependency.take_imports() {
            let Some((child, parent)) = Dependency::import_paths(import) else {
                continue;
            };
            let path = format!("{}.{child}", dependency.current_name());
            let Some(Value::Map(table)) = path_value(&view, &path) else {
                warnings.push(format!(
                    "ImportValues missing table from chart {}: {child}",
                    dependency.current_name()
                ));
                continue;
            };
            share_tables(&imported, &nested(&parent, &table));
        }
    }
    coalesce_tables(&view, &imported, Nulls::Keep);
    chart.values = DefaultValues(Some(view));
    Ok(())
}

/// Fills a table with what it lacks. Tables that it takes are those of the sub-chart, not copies: what a later import
/// adds to one, the sub-chart sees as well, as in Helm.
fn share_tables(into: &Map, from: &Map) {
    for (key, value) in from.entries() {
        match (into.get(&key), &value) {
            (None, Value::Map(table)) if reaches(table, into) => {
                into.insert(key, Value::Map(copy(table)));
            }
            (None, _) => into.insert(key, value),
            (Some(Value::Map(own)), Value::Map(table)) if !own.is_same(table) => share_tables(&own, table),
            _ => {}
        }
    }
}

/// Whether a table is another one or holds it, so that it must not be put into that.
fn reaches(table: &Map, other: &Map) -> bool {
    table.is_same(other)
        || table
            .entries()
            .iter()
            .any(|(_, value)| value.as_map().is_some_and(|inner| reaches(inner, other)))
}

/// A table below a dotted path.
fn nested(path: &str, table: &Map) -> Map {
    if path.is_empty() || path == "." {
        return table.clone();
    }
    path.rsplit('.').fold(table.clone(), |inner, key| {
        let outer = Map::dict();
        outer.insert(key, Value::Map(inner));
        outer
    })
}

/// The defaults of a chart and all its sub-charts.
fn merged_defaults(chart: &Chart, warnings: &mut Vec<String>) -> Result<Map, HelmError> {
    let map = Map::dict();
    fill(chart, &map, Nulls::Keep, warnings)?;
    Ok(map)
}

/// The user's values over all defaults: what templates see.
pub(crate) fn coalesce(chart: &Chart, values: &Map, warnings: &mut Vec<String>) -> Result<Map, HelmError> {
    let map = copy(values);
    fill(chart, &map, Nulls::Delete, warnings)?;
    Ok(map)
}

fn fill(chart: &Chart, map: &Map, nulls: Nulls, warnings: &mut Vec<String>) -> Result<(), HelmError> {
    fill_own(chart, map, nulls, warnings);
    for subchart in &chart.subcharts {
        let name = subchart.metadata.name.as_str();
        let inner = match map.get(name) {
            Some(Value::Map(inner)) => inner,
            None => {
                let inner = Map::dict();
                map.insert(name, Value::Map(inner.clone()));
                inner
            }
            Some(other) => {
                let found = match other {
                    Value::Nil => "<nil>".to_owned(),
                    other => format!("{}={other:?}", other.type_name()),
                };
                return Err(HelmError::Values(format!(
                    "type mismatch on {name}: %!t({found})"
                )));
            }
        };
        push_globals(map, &inner, name, warnings);
        fill(subchart, &inner, nulls, warnings)?;
    }
    Ok(())
}

fn fill_own(chart: &Chart, map: &Map, nulls: Nulls, warnings: &mut Vec<String>) {
    for (key, default) in copy(&chart.values.map()).entries() {
        match (map.get(&key), &default) {
            (None, _) => map.insert(key, default),
            (Some(Value::Nil), _) if nulls == Nulls::Delete => {
                map.remove(&key);
            }
            (Some(Value::Map(own)), Value::Map(table)) => {
                let is_subchart = chart
                    .subcharts
                    .iter()
                    .any(|subchart| key == *subchart.metadata.name.as_str());
                // Nulls below a sub-chart's key must live on to delete that chart's defaults.
                let nulls = if is_subchart { Nulls::Keep } else { nulls };
                coalesce_tables(&own, table, nulls);
            }
            (Some(Value::Map(_)), Value::Nil) => {}
            (Some(Value::Map(_)), _) => warnings.push(format!(
                "skipped value for {}.{key}: Not a table.",
                chart.metadata.name
            )),
            (Some(_), Value::Map(_)) => warnings.push(format!(
                "cannot overwrite table with non table for {}.{key}",
                chart.metadata.name
            )),
            _ => {}
        }
    }
}

/// Gives a sub-chart its parent's `global` values, which win over its own.
fn push_globals(parent: &Map, child: &Map, name: &str, warnings: &mut Vec<String>) {
    let globals = |map: &Map, whose: &str, warnings: &mut Vec<String>| match map.get("global") {
        Some(Value::Map(globals)) => Some(globals),
        None => Some(Map::dict()),
        Some(_) => {
            warnings.push(format!("skipping globals of {whose} because they are no table"));
            None
        }
    };
    let (Some(from), Some(into)) = (
        globals(parent, "the parent", warnings),
        globals(child, name, warnings),
    ) else {
        return;
    };
    for (key, value) in from.entries() {
        match (&value, into.get(&key)) {
            (Value::Map(table), old) => {
                let own: Map = table.entries().into_iter().collect();
                match old {
                    Some(Value::Map(old)) => coalesce_tables(&own, &old, Nulls::Keep),
                    None => {}
                    Some(_) => {
                        warnings.push(format!("conflict: cannot merge map onto non-map for {key:?}"));
                        continue;
                    }
                }
                into.insert(key, Value::Map(own));
            }
            (_, Some(Value::Map(_))) => {
                warnings.push(format!("key {key:?} of global is a table and is not overwritten"));
            }
            _ => into.insert(key, value),
        }
    }
    child.insert("global", Value::Map(into));
}

//! `net.cidr_*` beyond what the engine has.

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::{Result, anyhow};
use ipnet::IpNet;
use regorus::{Engine, Value};

use super::{add, argument, string};

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "net.cidr_intersects", 2, |arguments| {
        let (left, right) = (network(string(arguments, 0)?)?, network(string(arguments, 1)?)?);
        Ok(Value::from(
            left.contains(&right.network()) || right.contains(&left.network()),
        ))
    })?;
    add(engine, "net.cidr_overlap", 2, |arguments| {
        Ok(Value::from(
            network(string(arguments, 0)?)?.contains(&network(string(arguments, 1)?)?),
        ))
    })?;
    add(engine, "net.cidr_merge", 1, |arguments| {
        let networks = entries(argument(arguments, 0)?)
            .into_iter()
            .map(|(_, text)| network(&text))
            .collect::<Result<Vec<_>>>()?;
        let merged = IpNet::aggregate(&networks);
        Ok(Value::from(
            merged
                .iter()
                .map(|network| Value::from(network.to_string()))
                .collect::<BTreeSet<_>>(),
        ))
    })?;
    add(engine, "net.cidr_contains_matches", 2, |arguments| {
        let (outer, inner) = (entries(argument(arguments, 0)?), entries(argument(arguments, 1)?));
        let mut found = BTreeSet::new();
        for (outer_key, outer) in &outer {
            let outer = network(outer)?;
            for (inner_key, inner) in &inner {
                if outer.contains(&network(inner)?) {
                    found.insert(Value::from(vec![outer_key.clone(), inner_key.clone()]));
                }
            }
        }
        Ok(Value::from(found))
    })
}

/// A network, or an address as a network of its own.
fn network(text: &str) -> Result<IpNet> {
    match text.parse::<IpNet>() {
        Ok(network) => Ok(network.trunc()),
        Err(_) => text
            .parse::<IpAddr>()
            .map(IpNet::from)
            .map_err(|_| anyhow!("{text} is no network")),
    }
}

/// Texts with what names them: the text itself, the place in a list, the member of a set, the key of an object. In a
/// list or set an entry may be a list that starts with the text.
fn entries(value: &Value) -> Vec<(Value, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.to_string()),
        Value::Array(items) => match items.iter().next() {
            Some(Value::String(text)) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    };
    let pair = |key: Value, value: &Value| Some((key, text(value)?));
    match value {
        Value::String(_) => pair(value.clone(), value).into_iter().collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| pair(Value::from(index), item))
            .collect(),
        Value::Set(items) => items.iter().filter_map(|item| pair(item.clone(), item)).collect(),
        Value::Object(map) => map
            .iter_sorted()
            .filter_map(|(key, item)| pair(key.clone(), item))
            .collect(),
        _ => Vec::new(),
    }
}

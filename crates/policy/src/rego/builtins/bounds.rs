//! Builtins whose answers may be far larger than what they are given, with bounds. Beyond them a call is an error, not
//! just undefined: the rule would judge without the answer.

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::{Result, bail};
use ipnet::IpNet;
use regorus::{Engine, Value};

use super::{argument, string};

/// Bytes that a text may grow to.
pub(super) const LONGEST_TEXT: usize = 64 << 20;
/// Addresses of a network that are listed.
const MOST_ADDRESSES: usize = 1 << 16;
/// Paths through a graph that are listed.
const MOST_PATHS: usize = 1 << 16;
/// Digits that the exponent of a quantity may have.
const LONGEST_EXPONENT: usize = 3;

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "kubescape_replace", 3, |arguments| {
        let (text, old, new) = (
            string(arguments, 0)?,
            string(arguments, 1)?,
            string(arguments, 2)?,
        );
        let matches = text.matches(&**old).count();
        if text.len().saturating_add(matches.saturating_mul(new.len())) > LONGEST_TEXT {
            return Err(too_much("replace", "bytes", LONGEST_TEXT));
        }
        Ok(Value::from(text.replace(&**old, new)))
    })?;
    add(engine, "kubescape_replace_n", 2, |arguments| {
        replace_n(argument(arguments, 0)?, string(arguments, 1)?)
    })?;
    add(engine, "kubescape_cidr_expand", 1, |arguments| {
        let Ok(network) = string(arguments, 0)?.parse::<IpNet>() else {
            return Ok(Value::Undefined);
        };
        let addresses: BTreeSet<Value> = addresses(network)
            .take(MOST_ADDRESSES + 1)
            .map(|address| Value::from(address.to_string()))
            .collect();
        if addresses.len() > MOST_ADDRESSES {
            return Err(too_much("net.cidr_expand", "addresses", MOST_ADDRESSES));
        }
        Ok(Value::from(addresses))
    })?;
    add(engine, "kubescape_bits_lsh", 2, |arguments| {
        let (number, bits) = (argument(arguments, 0)?, argument(arguments, 1)?);
        let (Ok(whole), Ok(bits)) = (number.as_i64(), bits.as_i64()) else {
            return Ok(Value::Undefined);
        };
        let (Ok(exponent), true) = (i32::try_from(bits), bits >= 0) else {
            return Ok(Value::Undefined);
        };
        let exact = (bits < 63).then(|| whole.checked_mul(1 << bits)).flatten();
        let rough = number.as_f64()? * 2f64.powi(exponent);
        Ok(match exact {
            Some(exact) => Value::from(exact),
            None if rough.is_finite() => Value::from(rough),
            None => Value::Undefined,
        })
    })?;
    add(engine, "kubescape_reachable_paths", 2, |arguments| {
        let mut paths = BTreeSet::new();
        for start in elements(argument(arguments, 1)?)? {
            follow(argument(arguments, 0)?, &start, &mut Vec::new(), &mut paths)?;
        }
        Ok(Value::from(paths))
    })?;
    // A guard of arguments: `1e999999999` has so many digits.
    add(engine, "kubescape_quantity", 1, |arguments| {
        let text = string(arguments, 0)?;
        let digits = |rest: &str| {
            let rest = rest.trim_start_matches(['+', '-']);
            rest.bytes().take_while(u8::is_ascii_digit).count()
        };
        let huge = text
            .split(['e', 'E'])
            .skip(1)
            .any(|rest| digits(rest) > LONGEST_EXPONENT);
        Ok(if huge {
            Value::Undefined
        } else {
            argument(arguments, 0)?.clone()
        })
    })
}

/// Like [`super::add`], but with errors that end the rule; what is of the wrong type is undefined as everywhere.
pub(super) fn add(
    engine: &mut Engine,
    name: &str,
    arguments: u8,
    function: impl Fn(&[Value]) -> Result<Value> + Clone + Send + Sync + 'static,
) -> Result<()> {
    let bounded = move |values: Vec<Value>| match function(&values) {
        Err(error) if error.is::<TooMuch>() => Err(error),
        answer => Ok(answer.unwrap_or(Value::Undefined)),
    };
    engine.add_extension(name.to_owned(), arguments, Box::new(bounded))
}

/// What a builtin would answer with.
#[derive(Debug, thiserror::Error)]
#[error("{builtin} would answer with more than {most} {what}")]
struct TooMuch {
    builtin: &'static str,
    what: &'static str,
    most: usize,
}

pub(super) fn too_much(builtin: &'static str, what: &'static str, most: usize) -> anyhow::Error {
    TooMuch { builtin, what, most }.into()
}

/// Every place gets the new text of the first of the sorted old ones that stands there; an empty one stands everywhere.
fn replace_n(patterns: &Value, text: &str) -> Result<Value> {
    let (mut pairs, mut everywhere) = (Vec::new(), "");
    for (old, new) in patterns.as_object()?.iter_sorted() {
        match (old.as_string()?, new.as_string()?) {
            (old, new) if old.is_empty() => everywhere = new,
            (old, new) => pairs.push((old, new)),
        }
    }
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        replaced.push_str(everywhere);
        if replaced.len() > LONGEST_TEXT {
            return Err(too_much("strings.replace_n", "bytes", LONGEST_TEXT));
        }
        if let Some((old, new)) = pairs.iter().find(|(old, _)| rest.starts_with(&***old)) {
            replaced.push_str(new);
            rest = rest.get(old.len()..).unwrap_or_default();
        } else if let Some(character) = rest.chars().next() {
            replaced.push(character);
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        } else {
            return Ok(Value::from(replaced));
        }
    }
}

fn addresses(network: IpNet) -> Box<dyn Iterator<Item = IpAddr>> {
    match network {
        IpNet::V4(network) => {
            let (first, last) = (u32::from(network.network()), u32::from(network.broadcast()));
            Box::new((first..=last).map(|address| IpAddr::from(address.to_be_bytes())))
        }
        IpNet::V6(network) => {
            let (first, last) = (u128::from(network.network()), u128::from(network.broadcast()));
            Box::new((first..=last).map(|address| IpAddr::from(address.to_be_bytes())))
        }
    }
}

fn elements(value: &Value) -> Result<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items.iter().cloned().collect()),
        Value::Set(items) => Ok(items.iter().cloned().collect()),
        Value::Null => Ok(Vec::new()),
        _ => bail!("no list or set"),
    }
}

/// Adds the longest paths from a node that visit no node twice; what the graph does not know ends a path before it.
fn follow(graph: &Value, node: &Value, path: &mut Vec<Value>, paths: &mut BTreeSet<Value>) -> Result<()> {
    let neighbors = graph.as_object()?.get(node);
    let known = neighbors.is_some() && !path.contains(node);
    if !known {
        if !path.is_empty() {
            paths.insert(Value::from(path.clone()));
        }
    } else if let Some(neighbors) = neighbors {
        path.push(node.clone());
        let neighbors = elements(neighbors)?;
        if neighbors.is_empty() {
            paths.insert(Value::from(path.clone()));
        }
        for neighbor in &neighbors {
            follow(graph, neighbor, path, paths)?;
        }
        path.pop();
    }
    if paths.len() > MOST_PATHS {
        return Err(too_much("graph.reachable_paths", "paths", MOST_PATHS));
    }
    Ok(())
}

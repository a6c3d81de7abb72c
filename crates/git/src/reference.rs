//! Which commit an address means, among what a repository offers.

use gix::ObjectId;

use crate::location::Wanted;

/// A branch or tag of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    /// `refs/heads/main`, or `HEAD`.
    pub name: String,
    /// The commit.
    pub commit: ObjectId,
    /// What `HEAD` stands for.
    pub target: Option<String>,
}

/// A commit that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub commit: ObjectId,
    /// Whether nothing offers it: any server may refuse to give it.
    pub unnamed: bool,
    /// The branch or tag; empty for a commit.
    pub branch: String,
    /// What of the address is a path in the repository.
    pub path: String,
    /// How messages name it.
    pub shown: String,
}

/// Prefixes of the names that can matter, for servers that only tell what they are asked for.
pub(crate) fn prefixes(wanted: &Wanted) -> Vec<String> {
    let name = match wanted {
        Wanted::Default => return vec!["HEAD".to_owned()],
        Wanted::Reference(name) => name.as_str(),
        Wanted::ReferenceAndPath(text) => first(strip(text)),
    };
    let mut prefixes = vec!["HEAD".to_owned()];
    prefixes.extend(["refs/heads/", "refs/tags/"].map(|kind| format!("{kind}{}", strip(name))));
    if name.starts_with("refs/") {
        prefixes.push(name.to_owned());
    }
    prefixes
}

/// Finds what is wanted; `None` if it is not there.
pub(crate) fn choose(wanted: &Wanted, offered: &[Offered]) -> Option<Chosen> {
    match wanted {
        Wanted::Default => {
            let head = offered.iter().find(|offered| offered.name == "HEAD")?;
            let target = head.target.clone().or_else(|| {
                // Servers of old do not tell what HEAD stands for.
                let same = |offered: &&Offered| offered.commit == head.commit;
                let branches = || {
                    offered
                        .iter()
                        .filter(|offered| offered.name.starts_with("refs/heads/"))
                };
                let known = ["refs/heads/main", "refs/heads/master"];
                branches()
                    .filter(same)
                    .find(|offered| known.contains(&offered.name.as_str()))
                    .or_else(|| branches().find(same))
                    .map(|offered| offered.name.clone())
            });
            let branch = target.as_deref().map(strip).unwrap_or_default().to_owned();
            Some(Chosen {
                commit: head.commit,
                unnamed: false,
                shown: if branch.is_empty() {
                    "HEAD".to_owned()
                } else {
                    branch.clone()
                },
                branch,
                path: String::new(),
            })
        }
        Wanted::Reference(name) => named(name, offered).or_else(|| commit(name, "")),
        Wanted::ReferenceAndPath(text) => {
            let text = strip(text);
            let mut ends: Vec<usize> = text.match_indices('/').map(|(at, _)| at).collect();
            ends.push(text.len());
            let longest = ends.into_iter().rev().find_map(|end| {
                let (name, path) = text.split_at(end);
                let found = named(name, offered)?;
                Some(Chosen {
                    path: path.trim_matches('/').to_owned(),
                    ..found
                })
            });
            longest.or_else(|| {
                let (hash, path) = text.split_once('/').unwrap_or((text, ""));
                commit(hash, path)
            })
        }
    }
}

fn named(name: &str, offered: &[Offered]) -> Option<Chosen> {
    let name = name.trim_end_matches('/');
    let candidates = [
        format!("refs/heads/{}", strip(name)),
        format!("refs/tags/{}", strip(name)),
        name.to_owned(),
    ];
    let found = candidates
        .iter()
        .find_map(|candidate| offered.iter().find(|offered| offered.name == *candidate))?;
    Some(Chosen {
        commit: found.commit,
        unnamed: false,
        branch: strip(&found.name).to_owned(),
        path: String::new(),
        shown: strip(&found.name).to_owned(),
    })
}

/// A commit by its whole hash; see [`crate::abbreviation`] for others.
fn commit(hash: &str, path: &str) -> Option<Chosen> {
    let commit = ObjectId::from_hex(hash.as_bytes()).ok()?;
    Some(Chosen {
        commit,
        unnamed: true,
        branch: String::new(),
        path: path.to_owned(),
        shown: hash.to_owned(),
    })
}

/// `refs/heads/main` as `main`.
pub(crate) fn strip(name: &str) -> &str {
    name.strip_prefix("refs/heads/")
        .or_else(|| name.strip_prefix("refs/tags/"))
        .unwrap_or(name)
}

fn first(text: &str) -> &str {
    text.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(digit: char) -> ObjectId {
        ObjectId::from_hex(digit.to_string().repeat(40).as_bytes()).expect("a hash")
    }

    fn offered() -> Vec<Offered> {
        [
            ("HEAD", 'a', Some("refs/heads/main")),
            ("refs/heads/main", 'a', None),
            ("refs/heads/feature/login", 'b', None),
            ("refs/heads/release", 'c', None),
            ("refs/tags/v1.0", 'd', None),
            ("refs/tags/release", 'e', None),
        ]
        .map(|(name, digit, target)| Offered {
            name: name.to_owned(),
            commit: id(digit),
            target: target.map(ToOwned::to_owned),
        })
        .to_vec()
    }

    #[track_caller]
    fn check(wanted: Wanted, expected: Option<(char, &str, &str)>) {
        let chosen = choose(&wanted, &offered());
        let found = chosen.map(|chosen| (chosen.commit, chosen.branch, chosen.path));
        let expected = expected.map(|(digit, branch, path)| (id(digit), branch.to_owned(), path.to_owned()));
        assert_eq!(found, expected, "{wanted:?}");
    }

    #[test]
    fn references() {
        let reference = |text: &str| Wanted::Reference(text.to_owned());
        check(Wanted::Default, Some(('a', "main", "")));
        check(reference("main"), Some(('a', "main", "")));
        check(reference("refs/heads/main"), Some(('a', "main", "")));
        check(reference("v1.0"), Some(('d', "v1.0", "")));
        // As in git, where both exist the branch is meant.
        check(reference("release"), Some(('c', "release", "")));
        check(reference("nowhere"), None);
        check(reference(&"f".repeat(40)), Some(('f', "", "")));
        check(reference(&"f".repeat(7)), None);
    }

    #[test]
    fn references_with_paths() {
        let both = |text: &str| Wanted::ReferenceAndPath(text.to_owned());
        check(both("main"), Some(('a', "main", "")));
        check(both("main/deploy/base"), Some(('a', "main", "deploy/base")));
        check(
            both("feature/login/deploy"),
            Some(('b', "feature/login", "deploy")),
        );
        check(
            both("refs/heads/feature/login/a.yaml"),
            Some(('b', "feature/login", "a.yaml")),
        );
        check(both("feature/logout"), None);
        check(
            both(&format!("{}/deploy", "f".repeat(40))),
            Some(('f', "", "deploy")),
        );
    }

    #[test]
    fn servers_that_do_not_tell_the_default_branch() {
        let mut offered = offered();
        offered[0].target = None;
        let chosen = choose(&Wanted::Default, &offered).expect("a head");
        assert_eq!(chosen.branch, "main");
    }
}

//! sprig's functions: <https://masterminds.github.io/sprig/>. One module a family, each with a `register`.

mod arguments;
pub mod cast;
mod certificates;
mod crypto;
pub mod dates;
mod decimal;
mod defaults;
mod dicts;
mod dsa;
mod encoding;
mod letters;
mod lists;
mod names;
mod numbers;
mod paths;
mod primes;
mod random;
pub mod regexes;
pub mod semver;
mod strings;
mod types;
mod urls;

pub use self::dates::parse_time;
use crate::functions::Functions;

/// Adds all of them, except those that read the environment (`env`, `expandenv`).
pub fn register(functions: &mut Functions) {
    certificates::register(functions);
    crypto::register(functions);
    dates::register(functions);
    defaults::register(functions);
    dicts::register(functions);
    encoding::register(functions);
    lists::register(functions);
    names::register(functions);
    numbers::register(functions);
    paths::register(functions);
    random::register(functions);
    regexes::register(functions);
    semver::register(functions);
    strings::register(functions);
    types::register(functions);
    urls::register(functions);
}

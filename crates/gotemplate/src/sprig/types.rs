//! Types and equality.

use super::arguments::{text, value};
use crate::functions::{Functions, Param};

pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, String};
    functions.add("typeOf", &[Any], |a| Ok(value(a, 0).type_name().into()));
    functions.add("kindOf", &[Any], |a| Ok(value(a, 0).kind().into()));
    functions.add("typeIs", &[String, Any], |a| {
        Ok((text(a, 0) == value(a, 1).type_name()).into())
    });
    functions.add("typeIsLike", &[String, Any], |a| {
        let (wanted, name) = (text(a, 0), value(a, 1).type_name());
        Ok((wanted == name || name.strip_prefix('*') == Some(&*wanted)).into())
    });
    functions.add("kindIs", &[String, Any], |a| {
        Ok((text(a, 0) == value(a, 1).kind()).into())
    });
    functions.add("deepEqual", &[Any, Any], |a| {
        Ok(value(a, 0).deep_equal(value(a, 1)).into())
    });
}

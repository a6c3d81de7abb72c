# Helpers that policies of this family import as data.cautils.
package cautils

import rego.v1

# list_contains(list, element): whether a list has an element.
list_contains(list, element) if element in list

# getPodName(metadata): the name of a pod, or the prefix from which its name is made.
getPodName(metadata) := metadata.name if metadata.name

else := metadata.generateName

# object_intersection(a, b): the entries that both maps have with the same value.
object_intersection(a, b) := {key: value | some key, value in a; b[key] == value}

# is_subobject(sub, parent): every entry of `sub` stands in `parent`, too.
is_subobject(sub, parent) if object_intersection(sub, parent) == sub

# unix_permission(mode): a file mode, taken apart.
unix_permission(mode) := {
	"user": unix_permission_from_octal(digit(mode, 6)),
	"group": unix_permission_from_octal(digit(mode, 3)),
	"everyone": unix_permission_from_octal(digit(mode, 0)),
	"setuid": bits.and(mode, 2048) != 0,
	"setgid": bits.and(mode, 1024) != 0,
	"sticky": bits.and(mode, 512) != 0,
}

digit(mode, shift) := bits.and(bits.rsh(mode, shift), 7)

# unix_permission_from_octal(digit): one octal digit of a mode, taken apart.
unix_permission_from_octal(octal) := {
	"read": bits.and(octal, 4) != 0,
	"write": bits.and(octal, 2) != 0,
	"exec": bits.and(octal, 1) != 0,
}

# unix_permissions_allow(allowed, actual): no bit of `actual` is missing in `allowed`.
unix_permissions_allow(allowed, actual) if bits.and(actual, allowed) == actual

# is_strict_conf_permission(mode): 644 or tighter.
is_strict_conf_permission(mode) if unix_permissions_allow(420, mode)

is_not_strict_conf_permission(mode) if not is_strict_conf_permission(mode)

# is_strict_conf_ownership(ownership): root:root, or unknown.
is_strict_conf_ownership(ownership) if {
	ownership.uid == 0
	ownership.gid == 0
}

is_strict_conf_ownership(ownership) if ownership.err

is_not_strict_conf_ownership(ownership) if not is_strict_conf_ownership(ownership)

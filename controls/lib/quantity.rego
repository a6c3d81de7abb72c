# Quantities of the Kubernetes API (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
package kubescape.quantity

import rego.v1

binary := {"Ki": 1024, "Mi": 1048576, "Gi": 1073741824, "Ti": 1099511627776, "Pi": 1125899906842624, "Ei": 1152921504606846976}

decimal := {
	"k": 1000,
	"K": 1000,
	"M": 1000000,
	"G": 1000000000,
	"T": 1000000000000,
	"P": 1000000000000000,
	"E": 1000000000000000000,
}

# Parts of one are divisors: 0.001 has no exact float, so that 700 * 0.001 would be more than 0.7.
parts := {"n": 1000000000, "u": 1000000, "m": 1000}

# value(quantity): the number that a quantity means; undefined for what is none.
value(quantity) := quantity if is_number(quantity)

else := to_number(trim_suffix(quantity, suffix)) * binary[suffix] if {
	suffix := substring(quantity, count(quantity) - 2, 2)
	binary[suffix]
}

else := to_number(trim_suffix(quantity, suffix)) * decimal[suffix] if {
	suffix := substring(quantity, count(quantity) - 1, 1)
	decimal[suffix]
}

else := to_number(trim_suffix(quantity, suffix)) / parts[suffix] if {
	suffix := substring(quantity, count(quantity) - 1, 1)
	parts[suffix]
}

else := to_number(quantity)

# outside(quantity, most, least): above one of `most` or below one of `least`, lists of bounds that may be empty.
outside(quantity, most, _) if {
	some bound in most
	value(quantity) > value(bound)
}

outside(quantity, _, least) if {
	some bound in least
	value(quantity) < value(bound)
}

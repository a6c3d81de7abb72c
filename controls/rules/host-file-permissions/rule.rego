# A file that more accounts may use than need to.
package armo_builtins

import rego.v1

import data.kubescape.host_file

deny contains finding if {
	some entry in host_file.found
	is_number(entry.file.permissions)
	bits.and(entry.file.permissions, 4095 - allowed) != 0
	finding := host_file.finding(
		entry,
		sprintf("%s has permissions %s, more than %s", [
			entry.file.path,
			format_int(entry.file.permissions, 8),
			data.parameters.mode,
		]),
		sprintf("chmod %s %s", [data.parameters.mode, entry.file.path]),
	)
}

# allowed: the number that `mode`, three octal digits, stands for.
allowed := ((64 * to_number(substring(data.parameters.mode, 0, 1))) + (8 * to_number(substring(data.parameters.mode, 1, 1)))) + to_number(substring(data.parameters.mode, 2, 1))

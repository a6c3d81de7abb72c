# Names of images.
package kubescape.image

import rego.v1

# tag(image): its tag; undefined without one.
tag(image) := parts[1] if {
	segments := split(split(image, "@")[0], "/")
	parts := split(segments[count(segments) - 1], ":")
	count(parts) == 2
}

# digested(image): it names its content.
digested(image) if contains(image, "@")

# floating(image, tags): what the name means may change: no tag, the tag latest, or one of the list.
floating(image, tags) if {
	not digested(image)
	moves(image, tags)
}

moves(image, _) if not tag(image)

moves(image, _) if tag(image) == "latest"

moves(image, tags) if tag(image) in tags

# pinned(image): it ends in a digest, of the right length where the algorithm is known (OCI image specification, digests).
pinned(image) if {
	some expression in [
		`@sha256:[0-9a-f]{64}$`,
		`@sha512:[0-9a-f]{128}$`,
		`@blake3:[0-9a-f]{64}$`,
	]
	regex.match(expression, image)
}

pinned(image) if {
	regex.match(`@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$`, image)
	not regex.match(`@(sha256|sha512|blake3):`, image)
}

# below(image, entry): the image is the entry, or continues it where a part of a name ends.
below(image, entry) if image == entry

below(image, entry) if {
	startswith(image, entry)
	regex.match(`[/:@]`, substring(image, count(entry) - 1, 2))
}

# version(image): the numbers of a tag such as v1.2.3 or 1.2.3-ubuntu; undefined for other tags.
version(image) := [to_number(part) | some part in split(found, ".")] if {
	found := regex.find_n(`[0-9]+\.[0-9]+\.[0-9]+`, tag(image), 1)[0]
}

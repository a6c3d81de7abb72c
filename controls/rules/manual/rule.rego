package armo_builtins

import rego.v1

deny contains {
	"alertMessage": "this has to be checked by hand",
	"packagename": "armo_builtins",
	"alertScore": 2,
	"alertObject": {},
}

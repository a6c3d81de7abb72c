# Policies of this family import this package without using it: a policy never calls an API server itself.
package kubernetes.api.client

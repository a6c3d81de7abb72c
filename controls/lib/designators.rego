# Policies of this family import this package without using it.
package designators

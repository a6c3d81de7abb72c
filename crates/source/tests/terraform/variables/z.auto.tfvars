from_file = "from z.auto.tfvars"

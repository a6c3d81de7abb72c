from_file = "from terraform.tfvars"

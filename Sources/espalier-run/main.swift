print("espalier-run")

"""What is wrong with the sections of `input.yml`, each problem told by its path in the file.

They are checked as what will be sent of them: the rules are those of the forms, and only what is bgit's own is added.
"""

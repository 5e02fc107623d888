"""Jobs followed and run without a screen: what `breadtui watch`, `breadtui status` and `breadtui run` do.

On a terminal they show progress where it stands, else a line for each change; the flags are the command line's.
"""

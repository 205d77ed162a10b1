--- @on-demand step/needs_once keep
keep()

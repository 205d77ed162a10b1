#!lua flags=allow-oom
-- Reads the version of the server.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {server}: its name and version
--- @include step/run_calls
--- @include step/server_version

return runCalls(function()
  return {map = {server = serverVersion()}}
end)

#!lua flags=allow-oom
-- Lists the benches page by page, by name. Runs on the bench `default`, which has the list and is not in it.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most benches, position behind which the page begins: score and name (step/read_page.lua)
-- Reply {records list of {name}, score, id}, the latter two where the next page begins, if more follow
--- @include step/run_calls
--- @include step/read_page

return runCalls(function(ctx, limitText, score, lastName)
  local limit = tonumber(limitText)
  return readPage(ctx.keys.benches, {score = score, id = lastName}, limit, limit, function(name) return {map = {name = name}} end)
end)

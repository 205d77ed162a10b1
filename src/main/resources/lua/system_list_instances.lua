#!lua flags=allow-oom
-- Lists the live instances page by page, by rank: role leader first, then the longest registered.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most instances, position behind which the page begins: score and id
--       (step/read_page.lua), role that they have (empty for any)
-- Reply {records list of maps of the instances' fields, score, id}, the latter two where the next page begins, if more follow
--- @include step/run_calls
--- @include step/session
--- @include step/instance_record
--- @include step/read_page

-- few instances may have the role
local MOST_EXAMINED = 1000

return runCalls(function(ctx, limitText, score, lastId, role)
  local limit, isOfRole = tonumber(limitText), role ~= ''
  return readPage(ctx.keys.candidates, {score = score, id = lastId}, limit, isOfRole and MOST_EXAMINED or limit, function(id)
    if isOfRole and redis.call('SISMEMBER', ctx.keys.role .. role, id) == 0 then return nil end
    return isAlive(ctx, id) and instanceRecord(ctx, id) or nil
  end)
end)

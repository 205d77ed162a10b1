#!lua flags=allow-oom
-- Reads the copies of the global metrics that were made in the last hour (step/snapshot_minute.lua).
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {snapshots}: list of maps of counter to number, oldest first, each with its `minute` in ms
--- @include step/run_calls
--- @include step/map_reply

local MINUTE = 60000

return runCalls(function(ctx)
  local minute, snapshots = ctx.now - ctx.now % MINUTE, {}
  for _, entry in ipairs(redis.call('XRANGE', ctx.keys.minutes, integer(minute - 61 * MINUTE), integer(minute))) do
    local snapshot = mapReply(entry[2])
    snapshot.map.minute = string.match(entry[1], '^%d+')
    snapshots[#snapshots + 1] = snapshot
  end
  return {map = {snapshots = snapshots}}
end)

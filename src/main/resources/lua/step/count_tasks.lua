-- countTasks(ctx) -> how many tasks have each status, as {status = number}. They are sizes of indexes: nothing is walked, and they cannot drift.
local function countTasks(ctx)
  local counts = {}
  for status, index in pairs(ctx.keys.tasks) do counts[status] = redis.call('ZCARD', index) end
  return counts
end

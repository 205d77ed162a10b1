-- instanceRecord(ctx, instanceId) -> the record of an instance as a map reply of texts, with its health as of now, its capacity (the setting,
-- when it has registered none), and how many tasks it has `inProgress` and `assigned`; nil when there is none.
--- @include integer
--- @include map_reply
local function instanceRecord(ctx, instanceId)
  local keys, record = ctx.keys, mapReply(redis.call('HGETALL', ctx.keys.instance .. instanceId))
  if not record then return nil end
  local fields, inProgress = record.map, redis.call('ZCARD', keys.claimed .. instanceId)
  if ctx.now - tonumber(fields.lastSeen) >= ctx.settings.ttl / 2 then fields.health = 'degraded' end
  if fields.capacity == '' then fields.capacity = ctx.settings.capacity end
  fields.inProgress = integer(inProgress)
  fields.assigned = integer(redis.call('ZCARD', keys.queue .. instanceId) - inProgress)
  return record
end

-- instanceRecord(ctx, instanceId) -> the record of an instance as a map reply, with its health as of now; nil when there is none.
--- @include map_reply
local function instanceRecord(ctx, instanceId)
  local record = mapReply(redis.call('HGETALL', ctx.keys.instance .. instanceId))
  if record and ctx.now - tonumber(record.map.lastSeen) >= ctx.settings.ttl / 2 then record.map.health = 'degraded' end
  return record
end

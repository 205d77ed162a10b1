-- syncGlobalState(ctx, size) -> the new version of the global state. It stores who leads and how large the fleet is (fleetSize, metrics.lua).
-- A version is hybrid logical, max(last + 1, now in ms): a Redis that has lost its newest writes does not issue one twice.
--- @include json
local function syncGlobalState(ctx, size)
  local data = '{"leader":' .. (ctx.leader and jsonString(ctx.leader) or 'null') .. ',"term":' .. integer(ctx.term)
    .. ',"instances":' .. size.instances .. ',"workers":' .. size.workers .. '}'
  local last = redis.call('HGET', ctx.keys.state, 'version')
  local version = math.max(tonumber(last or 0) + 1, ctx.now)
  redis.call('HSET', ctx.keys.state, 'version', integer(version), 'data', data, 'timestamp', ctx.nowText)
  return version
end

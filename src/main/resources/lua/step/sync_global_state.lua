-- syncGlobalState(ctx, size) -> the new version of the global state. It stores who leads and how large the fleet is (fleetSize, metrics.lua).
--- @include json
--- @include leader
local function syncGlobalState(ctx, size)
  local leader, term = currentLeader(ctx)
  local data = '{"leader":' .. (leader and jsonString(leader) or 'null') .. ',"term":' .. integer(term)
    .. ',"instances":' .. size.instances .. ',"workers":' .. size.workers .. '}'
  local version = redis.call('HINCRBY', ctx.keys.state, 'version', '1')
  redis.call('HSET', ctx.keys.state, 'data', data, 'timestamp', ctx.nowText)
  return version
end

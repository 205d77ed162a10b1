-- syncGlobalState(stateData) -> {version}. Raises the version of the global state, which never falls, and stores
-- `stateData` (JSON text) and the time with it.
--- @include keys
--- @include clock
local function syncGlobalState(stateData)
  local version = redis.call('HINCRBY', stateKey, 'version', 1)
  redis.call('HSET', stateKey, 'data', stateData, 'timestamp', now)
  return {version = version}
end

-- syncGlobalState(stateData) -> {version}. Raises the version of the global state, which never falls, and stores
-- `stateData` (JSON text) and the time with it.
--- @include keys
--- @include clock
function step.syncGlobalState(stateData)
  local version = redis.call('HINCRBY', keys.state, 'version', 1)
  redis.call('HSET', keys.state, 'data', stateData, 'timestamp', nowText)
  return {version = version}
end

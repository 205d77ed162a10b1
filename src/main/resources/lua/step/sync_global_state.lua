-- syncGlobalState(stateData) stores `stateData` (JSON text), the time, and the version that fleetHasChanged has raised, which
-- never falls.
--- @include keys
--- @include clock
--- @include global_state
--- @include integer
function step.syncGlobalState(stateData)
  redis.call('HSET', keys.state, 'version', step.integer(step.stateVersion()), 'data', stateData, 'timestamp', nowText)
end

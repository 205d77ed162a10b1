-- globalState(size) -> JSON text of who leads and how large the fleet is: what syncGlobalState stores beside the version.
-- fleetSize() -> {instances, workers}, for this and for the metrics.
-- stateVersion() -> the version of the global state.
-- fleetHasChanged(liveId) -> the version that the global state has from now on. settleFleet has to run before the script ends.
-- `liveId`, unless nil, is an instance that the caller knows to be alive.
--- @include keys
--- @include integer
--- @include json_string
--- @include leader
--- @include noted
function step.stateVersion()
  noted.version = noted.version or tonumber(redis.call('HGET', keys.state, 'version') or 0)
  return noted.version
end

function step.fleetHasChanged(liveId)
  noted.changed = true
  noted.liveId = liveId or noted.liveId
  local version = (noted.version or step.stateVersion()) + 1
  noted.version = version
  return version
end

function step.fleetSize()
  return {instances = redis.call('ZCARD', keys.active), workers = redis.call('ZCARD', keys.load)}
end

function step.globalState(size)
  local leader, term = step.currentLeader()
  return '{"leader":' .. (leader and step.jsonString(leader) or 'null') .. ',"term":' .. step.integer(term)
    .. ',"instances":' .. size.instances .. ',"workers":' .. size.workers .. '}'
end

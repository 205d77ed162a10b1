-- globalState(size) -> JSON text of who leads and how large the fleet is: what syncGlobalState stores beside the version.
-- fleetSize() -> {instances, workers}, for this and for the metrics.
--- @include keys
--- @include json_object
--- @include leader
function step.fleetSize()
  return {instances = redis.call('ZCARD', keys.active), workers = redis.call('ZCARD', keys.load)}
end

function step.globalState(size)
  local leader, term = step.currentLeader()
  return step.jsonObject({
    'leader', leader or {json = 'null'},
    'term', term,
    'instances', size.instances,
    'workers', size.workers,
  })
end

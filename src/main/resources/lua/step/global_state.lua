-- globalState() -> JSON text of who leads and how large the fleet is: what syncGlobalState stores beside the version.
--- @include keys
--- @include json_object
--- @include leader
function step.globalState()
  local leader, term = step.currentLeader()
  return step.jsonObject({
    'leader', leader or {json = 'null'},
    'term', term,
    'instances', redis.call('ZCARD', keys.active),
    'workers', redis.call('ZCARD', keys.load),
  })
end

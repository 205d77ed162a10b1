-- globalState() -> JSON text of who leads and how large the fleet is: what syncGlobalState stores beside the version.
--- @include keys
--- @include json_object
--- @include leader
local function globalState()
  local leader, term = currentLeader()
  return jsonObject({
    'leader', leader or {json = 'null'},
    'term', term,
    'instances', redis.call('ZCARD', activeKey),
    'workers', redis.call('ZCARD', loadKey),
  })
end

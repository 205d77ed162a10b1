-- globalState() -> JSON text of who leads and how large the fleet is: what syncGlobalState stores beside the version.
--- @include keys
--- @include json_object
local function globalState()
  local leader = redis.call('GET', leaderKey)
  return jsonObject({
    'leader', leader or {json = 'null'},
    'term', tonumber(redis.call('GET', termKey) or 0),
    'instances', redis.call('ZCARD', activeKey),
    'workers', redis.call('ZCARD', loadKey),
  })
end

-- emitEvent(type, members) appends an event to the stream; its payload is jsonObject(members) and the time.
-- Expects `streamLength`, about how many entries are kept.
--- @include keys
--- @include clock
--- @include json_object
function step.emitEvent(eventType, members)
  members[#members + 1] = 'timestamp'
  members[#members + 1] = {json = nowText}
  redis.call('XADD', keys.events, 'MAXLEN', '~', streamLength, '*', 'type', eventType, 'payload', step.jsonObject(members))
end

-- jsonString(text) -> it as JSON.
--- @include noted
function step.jsonString(value)
  -- most have nothing that is written otherwise than it is
  if string.find(value, '^[%w_.:-]*$') then return '"' .. value .. '"' end
  local text = cjson.encode(value)
  -- cjson writes every slash as \/, which is valid but not what a reader of the stream expects
  return string.find(value, '/', 1, true) and string.gsub(text, '\\/', '/') or text
end

"""Chat templates: the output of each family's own one, in short form."""

VICUNA = """{% for message in messages %}{% if message['role'] != 'system' %}{{ message['role'].upper() + ': ' }}\
{% endif %}{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\\n' }}\
{% endfor %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ content['text'] + ' ' }}\
{% endfor %}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"""

MISTRAL = """{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' }}\
{% for content in message['content'] %}{% if content['type'] == 'image' %}{{ '<image>\\n' }}{% else %}\
{{ content['text'] }}{% endif %}{% endfor %}{{ ' [/INST]' }}{% else %}{{ ' ' + message['content'][0]['text'] + eos_token }}\
{% endif %}{% endfor %}"""

LLAMA3 = """{% for message in messages %}{{ '<image>\\n' * (message['content'] | selectattr('type', 'equalto', 'image') \
| list | length) }}{% for content in message['content'] if content['type'] == 'text' %}{{ content['text'] | trim }}\
{% endfor %}{{ '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '\\n\\nassistant:' }}{% endif %}"""

ONEVISION = """{% for message in messages %}{{ '<|im_start|>' + message['role'] + ' ' }}\
{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>' }}{% endfor %}\
{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ '\\n' + content['text'] }}{% endfor %}\
{{ '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

QWEN = """{% set image_count = namespace(value=0) %}{% for message in messages %}\
{% if loop.first and message['role'] != 'system' %}<|im_start|>system
You are a helpful assistant.<|im_end|>
{% endif %}<|im_start|>{{ message['role'] }}
{% if message['content'] is string %}{{ message['content'] }}<|im_end|>
{% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content %}\
{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}\
<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>
{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

QWEN3 = """{% set image_count = namespace(value=0) %}{% for message in messages %}\
<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}{% for content in message.content %}\
{% if content.type == 'image' or 'image' in content or 'image_url' in content %}\
{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif -%}\
<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ content.text }}{% endif %}{% endfor %}\
{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

# Where nobody asks for thoughts, an answer begins behind none.
QWEN35 = QWEN3[: -len("{% endif %}")] + """{% if enable_thinking is defined and enable_thinking %}<think>
{% else %}<think>

</think>

{% endif %}{% endif %}"""

# A line for each picture, wherever it stands.
MINICPM = QWEN35.replace("<|vision_start|><|image_pad|><|vision_end|>", "<|image_pad|>\n")

INTERN = """{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}\
{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for content in message['content'] %}\
{% if content['type'] == 'image' %}{{ '<IMG_CONTEXT>\\n' }}{% elif content['type'] == 'text' %}{{ content['text'] }}\
{% endif %}{% endfor %}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}\
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

IDEFICS = """START{% for message in messages %}{{ message['role'] | capitalize }}\
{% if message['content'][0]['type'] == 'image' %}{{ ':' }}{% else %}{{ ': ' }}{% endif %}\
{% for line in message['content'] %}{% if line['type'] == 'text' %}{{ line['text'] }}\
{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>
{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"""
IDEFICS3 = IDEFICS.replace("START", "<|begin_of_text|>")
SMOLVLM = IDEFICS.replace("START", "<|im_start|>")

LFM2 = """{{- bos_token -}}{%- set ns = namespace(content="") -%}{%- for message in messages -%}\
{{- "<|im_start|>" + message["role"] + "\\n" -}}{%- set content = message["content"] -%}\
{%- if content is not string -%}{%- set ns.content = "" -%}{%- for item in content -%}\
{%- if item["type"] == "image" -%}{%- set ns.content = ns.content + "<image>" -%}\
{%- elif item["type"] == "text" -%}{%- set ns.content = ns.content + item["text"] -%}\
{%- else -%}{%- set ns.content = ns.content + item | tojson -%}{%- endif -%}{%- endfor -%}\
{%- set content = ns.content -%}{%- endif -%}{{- content + "<|im_end|>\\n" -}}{%- endfor -%}\
{%- if add_generation_prompt -%}{{- "<|im_start|>assistant\\n" -}}{%- endif -%}"""

GEMMA4 = """{%- macro spoken(text) -%}{%- set ns = namespace(kept='') -%}{%- for part in text.split('<channel|>') -%}\
{%- set ns.kept = ns.kept + part.split('<|channel>')[0] -%}{%- endfor -%}{{- ns.kept | trim -}}{%- endmacro -%}\
{{- bos_token -}}{%- set rest = messages -%}\
{%- if (enable_thinking is defined and enable_thinking) or messages[0]['role'] in ['system', 'developer'] -%}\
{{- '<|turn>system\\n' -}}{%- if enable_thinking is defined and enable_thinking -%}{{- '<|think|>\\n' -}}{%- endif -%}\
{%- if messages[0]['role'] in ['system', 'developer'] -%}{%- if messages[0]['content'] is string -%}\
{{- messages[0]['content'] | trim -}}{%- elif messages[0]['content'] is iterable -%}\
{%- for item in messages[0]['content'] -%}{{- item['text'] | trim + ' ' -}}{%- endfor -%}{%- endif -%}\
{%- set rest = messages[1:] -%}{%- endif -%}{{- '<turn|>\\n' -}}{%- endif -%}\
{%- for message in rest -%}{%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}\
{{- '<|turn>' + role + '\\n' -}}{%- set content -%}{%- if message['content'] is string -%}\
{%- if role == 'model' -%}{{- spoken(message['content']) -}}{%- else -%}{{- message['content'] | trim -}}{%- endif -%}\
{%- elif message['content'] is iterable -%}{%- for item in message['content'] -%}{%- if item['type'] == 'text' -%}\
{%- if role == 'model' -%}{{- spoken(item['text']) -}}{%- else -%}{{- item['text'] | trim -}}{%- endif -%}\
{%- elif item.get('type') in ['image', 'image_url'] -%}{{- '<|image|>' -}}{%- endif -%}{%- endfor -%}{%- endif -%}\
{%- endset -%}{{- content -}}{{- '<turn|>\\n' -}}{%- endfor -%}\
{%- if add_generation_prompt -%}{{- '<|turn>model\\n' -}}{%- endif -%}"""

MISTRAL3 = """{{- bos_token }}{%- if messages[0]['role'] == 'system' %}{{- '[SYSTEM_PROMPT]' }}\
{%- if messages[0]['content'] is string %}{{- messages[0]['content'] }}{%- else %}\
{%- for block in messages[0]['content'] %}{{- block['text'] }}{%- endfor %}{%- endif %}{{- '[/SYSTEM_PROMPT]' }}\
{%- set rest = messages[1:] %}{%- else %}{{- '[SYSTEM_PROMPT]You are a helpful assistant.[/SYSTEM_PROMPT]' }}\
{%- set rest = messages %}{%- endif %}{%- set ns = namespace(index=0) %}{%- for message in rest %}\
{%- if (message['role'] == 'user') != (ns.index % 2 == 0) %}\
{{- raise_exception('After the optional system message, conversation roles must alternate user and assistant') }}\
{%- endif %}{%- set ns.index = ns.index + 1 %}{%- if message['role'] == 'user' %}{{- '[INST]' }}\
{%- if message['content'] is string %}{{- message['content'] }}{%- else %}{%- if message['content'] | length == 2 %}\
{%- set blocks = message['content'] | sort(attribute='type') %}{%- else %}{%- set blocks = message['content'] %}{%- endif %}\
{%- for block in blocks %}{%- if block['type'] == 'text' %}{{- block['text'] }}\
{%- elif block['type'] in ['image', 'image_url'] %}{{- '[IMG]' }}{%- endif %}{%- endfor %}{%- endif %}{{- '[/INST]' }}\
{%- elif message['content'] is string %}{{- message['content'] + eos_token }}\
{%- else %}{{- message['content'][0]['text'] + eos_token }}{%- endif %}{%- endfor %}"""

GRANITE = """{%- for message in messages if message['role'] == 'system' %}{%- else %}\
{{ '<|system|>\\nA chat between a curious user and an assistant. The assistant answers.\\n' }}{%- endfor %}\
{%- for message in messages %}{%- if message['role'] == 'system' %}\
{{ '<|system|>\\n' + (message['content'] if message['content'] is string else message['content'][0]['text']) + '\\n' }}\
{%- elif message['role'] == 'user' %}{{ '<|user|>\\n' }}{%- if message['content'] is string %}\
{{ message['content'] + '\\n' }}{%- else %}\
{%- for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\\n' }}{%- endfor %}\
{%- for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ content['text'] + '\\n' }}{%- endfor %}\
{%- endif %}{%- elif message['role'] == 'assistant' %}{{ '<|assistant|>\\n' }}\
{{ (message['content'] if message['content'] is string else message['content'][0]['text']) + '<|end_of_text|>' }}{%- endif %}\
{%- endfor %}{%- if add_generation_prompt %}{{ '<|assistant|>\\n' }}{%- endif %}"""

GRANITE4 = """{%- for message in messages -%}{{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' -}}\
{%- if message['content'] is string -%}{{- message['content'] -}}{%- else -%}{%- for part in message['content'] -%}\
{%- if part['type'] == 'text' -%}{{- part['text'] -}}{%- elif part['type'] == 'image' -%}{{- '<image>' -}}{%- endif -%}\
{%- endfor -%}{%- endif -%}{{- '<|end_of_text|>\\n' -}}{%- endfor -%}\
{%- if add_generation_prompt -%}{{- '<|start_of_role|>assistant<|end_of_role|>' -}}{%- endif -%}"""

# With an object of settings behind the role that nobody fills in.
DOCLING = GRANITE4.replace(
    "assistant<|end_of_role|>' -}}",
    "assistant' -}}{%- if controls -%}{{- ' ' + controls | tojson() -}}{%- endif -%}{{- '<|end_of_role|>' -}}",
)

# As the first release had it, and with the empty thought that larger models want before an answer.
GEMMA4_LARGE = GEMMA4.replace("'<|image|>'", "'\\n\\n<|image|>\\n\\n'").replace(
    "{{- '<|turn>model\\n' -}}{%- endif -%}",
    "{{- '<|turn>model\\n' -}}{%- if not enable_thinking | default(false) -%}"
    "{{- '<|channel>thought\\n<channel|>' -}}{%- endif -%}{%- endif -%}",
)

GEMMA3 = """{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}{%- if messages[0]['content'] is string -%}\
{%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}{%- else -%}\
{%- set first_user_prefix = messages[0]['content'][0]['text'] + '\\n\\n' -%}{%- endif -%}\
{%- set loop_messages = messages[1:] -%}{%- else -%}{%- set first_user_prefix = "" -%}\
{%- set loop_messages = messages -%}{%- endif -%}{%- for message in loop_messages -%}\
{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}\
{{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}{%- endif -%}\
{%- if (message['role'] == 'assistant') -%}{%- set role = "model" -%}{%- else -%}{%- set role = message['role'] -%}\
{%- endif -%}{{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}\
{%- if message['content'] is string -%}{{ message['content'] | trim }}{%- elif message['content'] is iterable -%}\
{%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}\
{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}{%- endfor -%}{%- else -%}\
{{ raise_exception("Invalid content type") }}{%- endif -%}{{ '<end_of_turn>\\n' }}{%- endfor -%}\
{%- if add_generation_prompt -%}{{'<start_of_turn>model\\n'}}{%- endif -%}"""

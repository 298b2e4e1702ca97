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

"""Brands and companies that a call must not name (LCSP art. 126.6): a list of what people write without noticing."""

import re
from collections.abc import Iterable

# Written as the brand writes itself: "zoom" is a word, "Zoom" a product. No word that starts sentences in Spanish.
BRANDS = (
    "Accenture", "Adobe", "Alexa", "Alibaba", "Amazon", "Android", "AutoCAD", "AWS", "Azure", "Bluetooth LE", "Bosch",
    "BYD", "Capgemini", "ChatGPT", "Cisco", "Claude", "Copilot", "Deloitte", "DJI", "Dropbox", "Ericsson", "Esri",
    "Everis", "Facebook", "Fitbit", "Gemini", "Gmail", "Google", "GoPro", "Huawei", "IBM", "Indra", "Instagram",
    "iPad", "iPhone", "Kapsch", "Kubernetes", "LinkedIn", "Llama", "Microsoft", "Minsait", "Mistral", "Motorola",
    "Movistar", "NEC", "Netflix", "Nokia", "NTT Data", "Nvidia", "NVIDIA", "Office 365", "OpenAI", "Oracle", "Palantir",
    "Philips", "Power BI", "PowerPoint", "Qualcomm", "Salesforce", "Samsung", "SAP", "Schneider Electric", "SharePoint",
    "Siemens", "Slack", "Sopra Steria", "Tableau", "Telefónica", "Tesla", "Thales", "TikTok", "T-Systems", "Vodafone",
    "Waze", "WhatsApp", "Xiaomi", "YouTube", "Zoom",
)  # fmt: skip


def named(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that stand in the text as whole words, in its order and written alike.

    >>> named("Un grupo de WhatsApp y otro de Tesla", ("Tesla", "WhatsApp", "Tes"))
    ['WhatsApp', 'Tesla']
    >>> named("Un zoom al plano", BRANDS)
    []
    """
    known = [name for name in names if name in text]  # much quicker than looking for words
    found = [(match.start(), name) for name in known if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))]
    return [name for _, name in sorted(found)]

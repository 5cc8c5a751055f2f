from django import forms


class NewMailForm(forms.Form):
    to = forms.EmailField(label="宛先")
    subject = forms.CharField(label="件名", max_length=200)
    text = forms.CharField(label="本文", widget=forms.Textarea({"rows": 14}), strip=False)
    photo = forms.FileField(label="写真・ファイル", required=False)

    def files_to_send(self) -> list[tuple[str, str, bytes]]:
        photo = self.cleaned_data["photo"]
        return [(photo.name, photo.content_type or "application/octet-stream", photo.read())] if photo else []


class ReplyForm(NewMailForm):
    to = None
    subject = None
    text = forms.CharField(label="本文", widget=forms.Textarea({"rows": 16}), strip=False)
    field_order = ["text", "photo"]

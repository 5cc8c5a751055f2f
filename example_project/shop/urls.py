from django.contrib.auth.views import LogoutView
from django.urls import path

from . import views

app_name = "shop"
urlpatterns = [
    path("", views.product_list, name="products"),
    path("products/<slug:slug>/", views.product_detail, name="product"),
    path("cart/", views.cart, name="cart"),
    path("cart/add/<int:pk>/", views.cart_add, name="cart-add"),
    path("checkout/", views.checkout, name="checkout"),
    path("checkout/complete/", views.complete, name="complete"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("register/", views.register, name="register"),
    path("mypage/", views.mypage, name="mypage"),
    path("mypage/orders/<str:number>/", views.order_detail, name="order"),
]
